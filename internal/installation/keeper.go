package installation

import "context"

// A keeper does what a server does by itself, a little every second: it looks
// whether the tables are as they were made, and finishes what a rotation of the
// seal key has left to do.
type keeper struct {
	turns int
	left  int64 // rows under an earlier seal key, after the turn before
	rest  int   // turns to leave out before rows are moved again
}

const (
	// schemaTurns is how many turns lie between two looks at the catalogue.
	schemaTurns = 60
	// forgetTurns is how many turns lie between two looks for jobs to forget.
	forgetTurns = 600
	// dayTurns is how many turns lie between two writes of the days people were active.
	dayTurns = 60
	// moveBatches is how many transactions of each installation move rows to the
	// present seal key in one turn.
	moveBatches = 4
	// pause is how many turns are left out when rows would not move: they are
	// damaged, and wait for a repair.
	pause = 60
)

func (k *keeper) turn(ctx context.Context, h *House) {
	k.turns++
	if k.turns%schemaTurns == 0 {
		if err := h.store.CheckSchema(ctx); err != nil && ctx.Err() == nil {
			h.options.Log.Warn("the tables could not be compared with what they should be", "err", err)
		}
	}
	if k.turns%forgetTurns == 0 {
		h.forgetJobs(ctx)
	}
	if k.turns%dayTurns == 0 {
		h.WriteDays(ctx)
	}
	if k.rest--; k.rest <= 0 {
		k.move(ctx, h)
	}
}

func (k *keeper) move(ctx context.Context, h *House) {
	left, err := h.store.MoveSeals(ctx, moveBatches)
	if err != nil && ctx.Err() == nil {
		h.options.Log.Warn("rows could not be sealed with the present key", "err", err)
	}
	if left > 0 && left == k.left || err != nil {
		k.rest = pause
	}
	k.left = left
}
