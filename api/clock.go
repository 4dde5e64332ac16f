package api

import "time"

// What a clock is worth.
const (
	ClockRight       = "right"
	ClockBehind      = "behind"
	ClockUnconfirmed = "unconfirmed"
)

// A Clock says what time it is to an installation.
type Clock struct {
	Now       time.Time `json:"now" doc:"The moment decisions are made at."`
	Wall      time.Time `json:"wall" doc:"What the server's clock says."`
	Proven    time.Time `json:"proven" doc:"A time that has certainly come."`
	State     string    `json:"state" enum:"right,behind,unconfirmed" doc:"right; behind: the clock was set back, and what is proven counts; unconfirmed: it jumped ahead by more than 36 hours, and nothing ends by it until it is confirmed."`
	SettlesIn int64     `json:"settles_in,omitempty" doc:"Seconds of running time after which an unconfirmed clock is believed."`
}

// ClockConfirmed is what became of a clock that was confirmed.
type ClockConfirmed struct {
	Outcome
	Proven time.Time `json:"proven" doc:"The time that counts as proven now."`
	Was    time.Time `json:"was" doc:"What counted as proven before."`
}

// ConfirmClock says on whose word a clock counts as right: one of the two.
type ConfirmClock struct {
	Code   string `json:"code,omitempty" doc:"One-time code made at the server's machine: this server's clock is right."`
	Issuer string `json:"issuer,omitempty" doc:"The issuer whose license server is asked for the time; its signed answer counts."`
}
