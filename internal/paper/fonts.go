package paper

import (
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// The faces of the one family there is. Of each, only the letters that stand in a
// document go into it.
const (
	family = "go"
	mono   = "I" // the place of italics is taken by what has letters of one width
)

var styles = []string{"", "B", mono}

var faces = map[string][]byte{"": goregular.TTF, "B": gobold.TTF, mono: gomono.TTF}

// letters are the characters that all faces have a letter of, as far as anybody
// has asked.
var letters struct {
	mu    sync.Mutex
	fonts []*sfnt.Font
	known map[rune]bool
}

// at reports whether every face has a letter of a character.
func at(r rune) bool {
	l := &letters
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[rune]bool{}
		for _, style := range styles {
			f, err := sfnt.Parse(faces[style])
			if err != nil {
				panic("paper: " + err.Error()) // they are part of the program, and a test sets with each
			}
			l.fonts = append(l.fonts, f)
		}
	}
	has, asked := l.known[r]
	if !asked {
		has = r < 0x10000
		for _, f := range l.fonts {
			i, err := f.GlyphIndex(nil, r)
			has = has && err == nil && i != 0
		}
		if len(l.known) < 10_000 {
			l.known[r] = has
		}
	}
	return has
}
