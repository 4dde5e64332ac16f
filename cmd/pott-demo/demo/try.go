package demo

import "strings"

// A Try is a command worth trying first.
type Try struct {
	Args string // after "pott"
	Says string // what it shows
	Exit int    // how it ends
}

// Tries are the five commands.
func (d *Demo) Tries() []Try {
	return []Try{
		{"status", "how the installation is", 0},
		{"user why mint.passare mail-merge-cal", "why somebody may", 0},
		{"user plan set azur.pensel service-premium", "swap a plan, in one step", 0},
		{"set review " + d.Renewal, "a renewal that is too small, and who is in the way", 7},
		{"--context nordlys user profile set midnatt auditor", "a pool with nothing spare", 7},
	}
}

// Words returns the arguments as the program gets them.
func (t Try) Words() []string { return strings.Fields(t.Args) }
