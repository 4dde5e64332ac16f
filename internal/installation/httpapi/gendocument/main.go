// Command gendocument writes the OpenAPI document of the JSON door to a file, so
// that a change of the API shows as a change of spec/openapi.json.
package main

import (
	"fmt"
	"os"

	"github.com/pott-dev/pott/internal/installation/httpapi"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gendocument FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], httpapi.Document(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "gendocument:", err)
		os.Exit(1)
	}
}
