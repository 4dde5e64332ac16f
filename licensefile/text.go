package licensefile

// text reads a text for people: not empty, and without characters that cannot
// be seen.
func (r *reader) text() string {
	at := r.i
	s := r.str()
	if r.err != nil {
		return ""
	}
	if s == "" {
		r.fail(at, "an empty text is left out")
		return ""
	}
	if c, bad := unseen(s); bad {
		r.fail(at, "the text holds %U, a character that cannot be seen", c)
		return ""
	}
	return s
}

// unseen returns the first character of s that controls, reorders or hides
// text instead of showing.
func unseen(s string) (rune, bool) {
	for _, c := range s {
		if ' ' <= c && c <= '~' {
			continue
		}
		switch {
		case c < 0x20, 0x7f <= c && c <= 0x9f, // controls
			c == 0xad, c == 0x34f, c == 0x61c, c == 0x180e, // soft hyphen, joiner, Arabic mark, vowel separator
			0x200b <= c && c <= 0x200f,   // zero width, direction marks
			0x2028 <= c && c <= 0x202e,   // line and paragraph ends, embeddings
			0x2060 <= c && c <= 0x206f,   // joiners, isolates
			0xfe00 <= c && c <= 0xfe0f,   // variation selectors
			c == 0xfeff,                  // byte order mark
			0xfff9 <= c && c <= 0xffff,   // annotations, replacement, no characters
			0xe0000 <= c && c <= 0xe0fff: // tags, more selectors
			return c, true
		}
	}
	return 0, false
}
