package page

import (
	"context"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Softly is a text that goes on in a new line behind a dot or a slash where there is no
// room for it, and not within a word: issuer.module, Europe/Stockholm.
func Softly(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, strings.NewReplacer(".", ".<wbr/>", "/", "/<wbr/>").Replace(html.EscapeString(text)))
		return err
	})
}
