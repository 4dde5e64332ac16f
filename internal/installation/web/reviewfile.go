package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
)

// formatOf takes .csv or .json off a name.
func formatOf(name string) (rest, format string) {
	for _, f := range []string{"csv", "json"} {
		if rest, ok := strings.CutSuffix(name, "."+f); ok {
			return rest, f
		}
	}
	return name, ""
}

// sheet is the table as it is shown.
func (x setReview) sheet(v *visit) sheet {
	file := sheet{name: x.Set.ID, head: slices.Concat(v.words("review.license"), v.words("licenses.code", "review.now", "review.new", "review.change", "review.in-use"), v.withCode("review.result"))}
	for _, r := range x.Rows {
		used := ""
		if r.InUse != nil {
			used = strconv.FormatInt(*r.InUse, 10)
		}
		file.rows = append(file.rows, []string{r.Title, r.Name.String(), strconv.FormatInt(r.Total, 10), strconv.FormatInt(r.NewTotal, 10),
			strconv.FormatInt(r.Change, 10), used, strings.Join(r.Results, "; "), r.codes()})
	}
	return file
}

// codes are what a row comes to, and why, in the words of the API.
func (r reviewRow) codes() string {
	all := []string{r.Result}
	for _, f := range r.Findings {
		all = append(all, f.Reason)
	}
	return strings.Join(slices.Compact(all), " ")
}

// letter asks the issuer for a correction, with everything that changes.
func (x setReview) letter(v *visit) string {
	var b strings.Builder
	b.WriteString(v.Say("review.letter", "Set", x.Set.ID, "Company", x.Set.Company, "Serial", x.Set.Serial) + "\n\n")
	for _, r := range x.Rows {
		if r.Look == api.LookSame {
			continue
		}
		b.WriteString(r.Title + " (" + r.Name.String() + "): " + r.Now + " → " + r.New)
		if r.InUse != nil {
			b.WriteString(", " + v.Say("review.letter-used", "N", *r.InUse))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n" + v.Say("review.letter-end") + "\n")
	return b.String()
}

// export is the address of the table as a file.
func (x setReview) export(format string, pairs ...string) string {
	all := ""
	if x.All {
		all = "1"
	}
	return x.Picks.to(reviewPath(x.Set.ID)+"."+format, append(pairs, "all", all, "sort", x.Order, "own", x.own(x.Picks))...)
}

// mail is the letter as an address that opens the reader's mail program.
func (x setReview) mail(v *visit) string {
	q := url.Values{"subject": {v.Say("review.letter-subject", "Set", x.Set.ID)}, "body": {x.Letter}}
	return "mailto:?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}
