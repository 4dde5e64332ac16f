// Testreport reads what `go test -json` writes and prints it as `go test`
// would, followed by totals: how many tests passed, failed and were left out.
//
//	go test -json ./... | testreport
//
// With -noskip a test that was left out is a failure. With -summary the last
// part, one line per package and the totals, is also written to a file. With
// -figures the lines that tests log with a leading "figure:" are repeated.
// It exits with 1 if anything failed, or if nothing was tested at all.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// report is what has been seen so far.
type report struct {
	passed, failed, skipped int
	broken                  []string            // packages that failed
	results                 []string            // the line go test ends each package with
	figures                 []string            //
	output                  map[string][]string // by package and test, until it is known to have passed
	out                     io.Writer
}

func main() {
	noskip := flag.Bool("noskip", false, "a test that was left out is a failure")
	figures := flag.Bool("figures", false, "repeat the figures that tests logged")
	summary := flag.String("summary", "", "also write results and totals to this `file`")
	flag.Parse()

	r := &report{output: map[string][]string{}, out: os.Stdout}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err != nil {
			break
		}
	}
	if *figures {
		fmt.Print(strings.Join(r.figures, ""))
	}
	fmt.Println(r.totals())
	if *summary != "" {
		text := strings.Join(r.results, "") + r.totals() + "\n"
		if err := os.WriteFile(*summary, []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "testreport:", err)
			os.Exit(1)
		}
	}
	if r.failed > 0 || len(r.broken) > 0 || r.passed == 0 || *noskip && r.skipped > 0 {
		os.Exit(1)
	}
}

// line takes in one line. What is not JSON comes from the compiler: it is
// printed as it is.
func (r *report) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		fmt.Fprint(r.out, string(line))
		return
	}
	key := e.Package + " " + e.Test
	switch {
	case e.Action == "output" || e.Action == "build-output":
		r.take(key, e)
	case e.Test == "":
		r.endPackage(key, e)
	case e.Action == "pass":
		r.passed++
		delete(r.output, key)
	case e.Action == "fail":
		r.failed++
		r.print(key)
	case e.Action == "skip":
		r.skipped++
		r.print(key)
	}
}

// take keeps output until it is known whether it matters, except for the lines
// that say how a package ended.
func (r *report) take(key string, e event) {
	if i := strings.Index(e.Output, "figure:"); i >= 0 {
		r.figures = append(r.figures, e.Output[i:])
	}
	if e.Action == "build-output" {
		fmt.Fprint(r.out, e.Output)
		return
	}
	if e.Test == "" {
		for _, start := range []string{"ok  \t", "FAIL\t"} {
			if strings.HasPrefix(e.Output, start) {
				r.results = append(r.results, e.Output)
				fmt.Fprint(r.out, e.Output)
				return
			}
		}
	}
	r.output[key] = append(r.output[key], e.Output)
}

func (r *report) endPackage(key string, e event) {
	if e.Action == "fail" {
		r.broken = append(r.broken, e.Package)
		// A test that never ended (a panic, a time-out) has no event of its own.
		for k := range r.output {
			if strings.HasPrefix(k, e.Package+" ") {
				r.print(k)
			}
		}
	}
	if e.Action == "pass" || e.Action == "skip" {
		delete(r.output, key)
	}
}

func (r *report) print(key string) {
	for _, text := range r.output[key] {
		fmt.Fprint(r.out, text)
	}
	delete(r.output, key)
}

func (r *report) totals() string {
	return fmt.Sprintf("%d tests passed, %d failed, %d left out, in %d packages", r.passed, r.failed, r.skipped, len(r.results))
}
