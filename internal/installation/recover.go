package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
)

// RecoveryPrefix begins every recovery token. No other token begins so.
const RecoveryPrefix = "pott_recovery_"

// recovered returns who comes with a recovery token, or nil when it is not good.
// No record is asked: that is what it is for.
func (in *Installation) recovered(token string, now time.Time) *Visitor {
	if in.options.Recovered == nil {
		return nil
	}
	id, ok := in.options.Recovered(in.name, token, now)
	if !ok {
		return nil
	}
	return &Visitor{Token: id, Scopes: []string{api.ScopeAdmin}, Recovered: true}
}

// RecordRecovery writes into the records that a recovery token was made. Where
// the records cannot be written, the error says why, and the token is good all
// the same: whoever made it keeps a record of their own.
func (in *Installation) RecordRecovery(ctx context.Context, by audit.Actor, id string, until time.Time) error {
	return in.record(ctx, by, "recovery.open", audit.F("id", id), audit.F("until", until.UTC().Format(time.RFC3339)))
}
