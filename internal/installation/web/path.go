package web

import (
	"net/url"

	"github.com/pott-dev/pott/license"
)

// escape writes a name as one segment of a path.
func escape(name string) string { return url.PathEscape(name) }

// licensePath is where the page of a license is.
func licensePath(n license.Name) string {
	return "/licenses/" + escape(string(n.Issuer)) + "/" + escape(string(n.Module))
}

// escapeQuery writes a value into the query of an address.
func escapeQuery(text string) string { return url.QueryEscape(text) }
