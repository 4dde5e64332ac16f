package problem

import "net/http"

// Exit codes of commands. They are stable.
const (
	Done         = 0
	Failed       = 1  // not said why
	Usage        = 2  // wrong usage, or confirmation needed
	NotFound     = 3  //
	SignIn       = 4  // signing in is required, or has expired
	NotPermitted = 5  //
	Conflict     = 6  // or changed since it was looked at
	Counts       = 7  // the license counts forbid it
	NotVerified  = 8  // a signature, seal or chain is broken
	ReadOnly     = 9  // the set has expired
	NotReachable = 10 // safe to try again
	Partly       = 11 // some of it was done
	CannotVerify = 12 // there is nothing to check, or a key or anchor is missing
)

// A Row says what a code means outside.
type Row struct {
	Status int // of HTTP
	Exit   int // of a command
}

// Rows that many codes share.
var (
	malformed = Row{http.StatusBadRequest, Usage}
	badValue  = Row{http.StatusUnprocessableEntity, Usage}
	notFound  = Row{http.StatusNotFound, NotFound}
	conflict  = Row{http.StatusConflict, Conflict}
	counts    = Row{http.StatusConflict, Counts}
	// What nobody can do before somebody has ended a state that lasts: a set past its
	// grace, records that cannot be relied on, an installation the host has suspended.
	// What the server cannot do at this moment is 503 instead: asking again may help.
	readOnly = Row{http.StatusLocked, ReadOnly}
	damaged  = Row{http.StatusLocked, NotVerified}
	sealed   = Row{http.StatusLocked, CannotVerify}
	badFile  = Row{http.StatusUnprocessableEntity, NotVerified}
)

// table has every code, by the room that returns it. A test walks the tree and
// fails while a code is missing here or in a catalogue.
var table = map[string]Row{
	Internal: {http.StatusInternalServerError, Failed},

	// Words and values.
	"license.bad-date":         badValue,
	"license.bad-word":         badValue,
	"license.bad-name":         badValue,
	"license.unknown-module":   notFound,
	"license.ambiguous-module": badValue,
	"license.bad-serial":       badValue,

	// When people were active.
	"activity.bad-word":  badValue,
	"activity.no-ground": badValue,
	"activity.off":       conflict,

	// What an installation and a license server say to each other.
	"exchange.malformed":     badFile,
	"exchange.other-version": badFile,
	"exchange.too-large":     {http.StatusRequestEntityTooLarge, NotVerified},
	"exchange.bad-signature": badFile,
	"exchange.other-reply":   {http.StatusBadGateway, NotVerified},
	"exchange.bad-address":   badValue,

	// Signing in to the pages.
	"signin.refused":         {http.StatusUnauthorized, SignIn},
	"signin.no-login":        {http.StatusForbidden, NotPermitted},
	"signin.closed":          {http.StatusForbidden, NotPermitted},
	"signin.too-many":        {http.StatusTooManyRequests, NotReachable},
	"signin.busy":            {http.StatusServiceUnavailable, NotReachable},
	"signin.link-over":       {http.StatusGone, NotFound},
	"signin.again":           {http.StatusForbidden, SignIn},
	"signin.stale":           {http.StatusBadRequest, SignIn},
	"signin.password-short":  badValue,
	"signin.password-long":   badValue,
	"signin.password-common": badValue,
	"credential.unknown":     notFound,
	"credential.last":        conflict,
	"passkey.bad":            badValue,
	"session.unknown":        notFound,
	"provider.unknown":       notFound,
	"provider.unreachable":   {http.StatusBadGateway, NotReachable},
	"provider.refused":       {http.StatusForbidden, SignIn},
	"provider.nobody":        {http.StatusForbidden, SignIn},
	"provider.no-key":        conflict,
	"provider.taken":         conflict,
	"change.meanwhile":       conflict,
	"person.role-holder":     {http.StatusForbidden, NotPermitted},

	// Giving and taking back.
	"seat.pool-full":          counts,
	"plan.exclusive":          conflict,
	"plan.not-a-plan":         badValue,
	"seat.is-a-plan":          badValue,
	"seat.hidden":             badValue,
	"seat.not-assignable":     badValue,
	"seat.prerequisite":       conflict,
	"seat.person-kind":        badValue,
	"person.gone":             conflict,
	"person.not-waiting":      conflict,
	"person.changed":          conflict,
	"person.details-changed":  conflict,
	"seat.dependants":         conflict,
	"plan.by-login":           badValue,
	"plan.not-in-agreement":   notFound,
	"role.last-administrator": conflict,

	// Databases.
	"database.not-for-databases": badValue,
	"database.removed":           conflict,
	"database.unknown":           notFound,
	"database.name-taken":        conflict,
	"message.no-mail-server":     {http.StatusBadGateway, Failed},
	"message.mail-refused":       {http.StatusBadGateway, Failed},
	"message.unknown-webhook":    notFound,
	"message.no-address":         conflict,
	"message.webhook-failed":     {http.StatusBadGateway, Failed},
	"view.unknown":               notFound,
	"view.too-many":              conflict,
	"view.not-shared":            {http.StatusForbidden, NotPermitted},
	"view.others":                {http.StatusForbidden, NotPermitted},
	"role.own":                   {http.StatusForbidden, NotPermitted},
	"person.own-account":         {http.StatusForbidden, NotPermitted},
	"person.erased":              conflict,
	"person.not-yet":             notFound,
	"roster.malformed":           badValue,
	"roster.column":              badValue,
	"roster.too-large":           {http.StatusRequestEntityTooLarge, Usage},
	"bulk.twice":                 badValue,
	"bulk.cells":                 badValue,
	"bulk.row-changed":           conflict,
	"bulk.changed":               conflict,
	"bulk.refused":               conflict,
	"bulk.short":                 counts,
	"bulk.would-refuse":          conflict,
	"bulk.partly":                {http.StatusConflict, Partly},
	"job.unknown":                notFound,
	"job.state":                  conflict,
	"job.fault":                  {http.StatusInternalServerError, Failed},
	"person.blocked":             conflict,
	"license.no-upgrade":         {http.StatusConflict, ReadOnly},
	"blockers.unreachable":       {http.StatusServiceUnavailable, NotReachable},
	"database.central":           conflict,

	// Dates and sets.
	"license.read-only":       readOnly,
	"check.unknown-client":    notFound,
	"check.ambiguous-client":  badValue,
	"proof.none":              notFound,
	"license.set-dropped":     damaged,
	"license.set-not-genuine": damaged,
	"set.too-small":           counts,
	"seat.not-held":           notFound,
	"seat.bad-quantity":       badValue,

	// Events.
	"event.unknown":  notFound,
	"audit.unknown":  notFound,
	"audit.no-trail": {http.StatusConflict, CannotVerify},
	"event.bad":      badValue,
	"event.ended":    conflict,
	"event.guarded":  {http.StatusConflict, NotPermitted},
	"event.locked":   {http.StatusConflict, NotPermitted},
	"event.too-many": conflict,

	// License files.
	"set.malformed":           badFile,
	"set.too-large":           {http.StatusRequestEntityTooLarge, NotVerified},
	"set.needs-newer":         badFile,
	"set.bad-signature":       badFile,
	"set.unknown-issuer":      badFile,
	"set.untrusted":           badFile,
	"set.outside-fence":       badFile,
	"set.not-yet-valid":       badFile,
	"set.certificate-expired": badFile,
	"set.revoked":             badFile,
	"set.old-key-list":        badFile,
	"set.forked-key-list":     badFile,
	"set.old-certificate":     badFile,
	"set.expired":             {http.StatusUnprocessableEntity, ReadOnly},
	"set.unknown-time-zone":   badFile,

	// What is stored.
	"storage.damaged":         damaged,
	"storage.rolled-back":     damaged,
	"storage.bad-node":        command(Failed),
	"restore.gap":             command(Usage),
	"restore.bad-head":        {http.StatusBadRequest, Usage},
	"restore.not-whole":       command(NotVerified),
	"restore.head-unproven":   command(CannotVerify),
	"restore.heads-good":      command(Conflict),
	"restore.unchecked":       command(CannotVerify),
	"incident.kind":           command(Failed),
	"storage.read-only":       damaged,
	"storage.cannot-check":    sealed,
	"damage.unknown-place":    notFound,
	"damage.not-repairable":   conflict,
	"damage.not-confirmed":    {http.StatusForbidden, NotPermitted},
	"storage.schema-changed":  damaged,
	"storage.unknown-schema":  {http.StatusServiceUnavailable, CannotVerify},
	"seal.key-order":          conflict,
	"seal.key-in-use":         conflict,
	"storage.unavailable":     {http.StatusServiceUnavailable, NotReachable},
	"storage.unknown-outcome": {http.StatusServiceUnavailable, NotReachable},
	"storage.closed":          {http.StatusServiceUnavailable, NotReachable},
	"installation.unknown":    notFound,
	"installation.exists":     conflict,
	"person.user-id-taken":    conflict,

	// The installation.
	"person.unknown":         notFound,
	"request.bad-value":      badValue,
	"set.unknown":            notFound,
	"set.unknown-activation": notFound,
	"set.older":              conflict,
	"set.not-begun":          conflict,
	"set.ask-first":          conflict,
	"set.not-in-force":       conflict,
	"set.not-waiting":        conflict,
	"set.own-vendor":         conflict,
	"set.no-roll-back":       conflict,
	"set.other-issuer":       badValue,
	"review.unacknowledged":  conflict,
	"review.choice-refused":  conflict,
	"review.bad-choice":      badValue,
	"set.equivocation":       badFile,
	"set.other-serial":       badFile,
	"set.other-installation": badFile,
	"set.demo":               badFile,
	"review.changed":         conflict,
	"review.strayed":         conflict,
	"profile.unknown":        notFound,
	"profile.in-use":         conflict,
	"token.unknown":          notFound,
	"check.bad-question":     malformed,
	"installation.no-key":    {http.StatusServiceUnavailable, CannotVerify},

	// The JSON door.
	"auth.missing":            {http.StatusUnauthorized, SignIn},
	"auth.invalid":            {http.StatusUnauthorized, SignIn},
	"auth.other-installation": {http.StatusForbidden, NotPermitted},
	"auth.scope":              {http.StatusForbidden, NotPermitted},
	"request.malformed":       malformed,
	"request.unknown-field":   malformed,
	"request.too-large":       {http.StatusRequestEntityTooLarge, Usage},
	"request.media-type":      {http.StatusUnsupportedMediaType, Usage},
	"request.parameter":       malformed,
	"request.no-such-path":    notFound,
	"page.unknown":            notFound,
	"page.no-installation":    notFound,
	"page.sign-in":            {http.StatusUnauthorized, SignIn},
	"page.not-permitted":      {http.StatusForbidden, NotPermitted},
	"page.foreign-form":       {http.StatusForbidden, NotPermitted},
	"page.bad-form":           {http.StatusBadRequest, Usage},
	"page.not-a-person":       conflict,
	"page.too-large":          {http.StatusRequestEntityTooLarge, Usage},
	"request.method":          {http.StatusMethodNotAllowed, Usage},
	"request.too-many-checks": malformed,

	"storage.no-entry":       {http.StatusInternalServerError, Failed},
	"storage.constraint":     {http.StatusInternalServerError, Failed},
	"storage.no-row":         {http.StatusInternalServerError, Failed},
	"audit.bad-facts":        {http.StatusInternalServerError, NotVerified},
	"storage.bad-format":     {http.StatusInternalServerError, NotVerified},
	"storage.newer-schema":   command(Conflict),
	"storage.unsafe-setting": command(Failed),

	// The SDK.
	"entitle.bad-answer":         command(Failed),
	"entitle.other-installation": command(NotVerified),
	"holdings.bad-format":        command(NotVerified),
	"holdings.bad-signature":     command(NotVerified),

	// The authority: its catalogues, its orders, the sets it prepares and signs.
	"catalogue.missing":          notFound,
	"catalogue.malformed":        malformed,
	"catalogue.circle":           badValue,
	"catalogue.duplicate":        badValue,
	"catalogue.bad-field":        badValue,
	"catalogue.bad-text":         badValue,
	"catalogue.bad-name":         badValue,
	"catalogue.wrong-kind":       badValue,
	"catalogue.prerequisite":     badValue,
	"catalogue.unknown":          badValue,
	"order.malformed":            malformed,
	"order.empty":                badValue,
	"order.bad-text":             badValue,
	"order.client":               badValue,
	"order.company-changed":      badValue,
	"order.dates":                badValue,
	"order.demo":                 badValue,
	"order.duplicate":            badValue,
	"order.one-plan":             badValue,
	"order.fence":                badValue,
	"order.wrong-generation":     badValue,
	"order.unreachable":          badValue,
	"order.included-missing":     badValue,
	"order.wrong-issuer":         badValue,
	"order.number":               conflict,
	"order.past":                 badValue,
	"order.plan-name":            badValue,
	"order.prerequisite-missing": badValue,
	"order.quantity":             badValue,
	"order.serial":               badValue,
	"order.short":                badValue,
	"order.unknown":              badValue,
	"order.time-zone":            badValue,
	"set.lint":                   badValue,
	"set.abandoned":              conflict,
	"set.already-signed":         conflict,
	"set.interrupted":            conflict,
	"set.pending":                conflict,
	"set.signed-otherwise":       {http.StatusInternalServerError, NotVerified},
	"set.not-on-record":          notFound,
	"set.taken":                  conflict,
	"key.fence-malformed":        malformed,
	"key.no-certificate":         conflict,
	"key.no-grant":               conflict,
	"key.no-list":                conflict,
	"key.not-certified":          {http.StatusForbidden, NotPermitted},
	"key.number":                 conflict,
	"key.drafts-differ":          conflict,
	"key.equivocation":           conflict,
	"key.issuer-taken":           conflict,
	"key.list-complete":          conflict,
	"key.not-a-root":             {http.StatusForbidden, NotPermitted},
	"key.not-approved":           notFound,
	"key.not-listed":             notFound,
	"key.notice":                 badValue,
	"key.request-malformed":      badFile,
	"key.taken":                  conflict,
	"key.threshold":              badValue,
	"record.broken":              {http.StatusInternalServerError, NotVerified},
	"set.not-ours":               {http.StatusConflict, NotVerified},
	"set.report-malformed":       malformed,
	"set.stale-signature":        conflict,

	// License packages of SuperOffice.
	"superoffice.bad-value":         malformed,
	"superoffice.cannot-say":        conflict,
	"superoffice.differs":           badValue,
	"superoffice.duplicate-element": malformed,
	"superoffice.encoding":          malformed,
	"superoffice.malformed":         malformed,
	"superoffice.not-exported":      badValue,
	"superoffice.not-imported":      badValue,
	"superoffice.owner":             badValue,
	"superoffice.plan-differs":      badValue,
	"superoffice.plans-collide":     conflict,
	"superoffice.sort-order":        badValue,
	"superoffice.too-large":         {http.StatusRequestEntityTooLarge, Usage},
	"superoffice.unknown-element":   malformed,

	"key.which":                   command(Usage),
	"key.wrong-use":               command(Usage),
	"authority.already-made":      command(Conflict),
	"authority.file-exists":       command(Conflict),
	"authority.not-made":          command(NotFound),
	"authority.listen":            command(Failed),
	"authority.no-own-key":        command(NotPermitted),
	"fetch.no-address":            conflict,
	"fetch.no-serial":             conflict,
	"fetch.bad-code":              badValue,
	"fetch.unreachable":           {http.StatusBadGateway, NotReachable},
	"fetch.refused":               {http.StatusConflict, NotPermitted},
	"fetch.test-copy":             {http.StatusConflict, NotPermitted},
	"fetch.partly":                command(Partly),
	"owner.not-bound":             badFile,
	"owner.other-company":         badValue,
	"authority.not-served":        notFound,
	"authority.media-type":        {http.StatusUnsupportedMediaType, Usage},
	"authority.busy":              {http.StatusTooManyRequests, NotReachable},
	"installation.not-registered": notFound,
	"installation.bad-message":    badValue,
	"installation.not-answered":   badValue,
	"installation.nothing-issued": notFound,
	"installation.code-refused":   {http.StatusForbidden, NotPermitted},
	"installation.code-taken":     conflict,
	"authority.no-such-path":      notFound,

	// Key files.
	"key.exists":              command(Conflict),
	"key.malformed":           command(CannotVerify),
	"key.missing":             command(NotFound),
	"key.bad-name":            command(Usage),
	"key.no-passphrase":       command(Usage),
	"key.passphrase-mismatch": command(Usage),
	"key.permissions":         command(NotPermitted),
	"key.wrong-passphrase":    command(NotPermitted),
	"key.work":                command(Usage),

	// Keys that a signer holds.
	"signer.bad-answer":      command(NotVerified),
	"signer.bad-key":         command(Usage),
	"signer.bad-reference":   command(Usage),
	"signer.no-key":          command(NotFound),
	"signer.open-to-others":  command(NotPermitted),
	"signer.record":          command(Failed),
	"signer.refused":         command(NotPermitted),
	"signer.running":         command(Conflict),
	"signer.unknown-text":    command(Usage),
	"signer.unreachable":     command(NotReachable),
	"signer.wrong-signature": command(NotVerified),

	// Commands. Their status is never sent: they answer with the exit code.
	"cli.usage":              command(Usage),
	"cli.confirm":            command(Usage),
	"cli.declined":           command(Failed),
	"cli.no-token":           command(SignIn),
	"cli.token-file":         command(Usage),
	"cli.file":               command(Failed),
	"cli.contexts-file":      command(Failed),
	"cli.no-context":         command(NotFound),
	"cli.no-home":            command(Failed),
	"cli.no-set-waiting":     command(NotFound),
	"set.blocked":            command(Counts),
	"set.unacknowledged":     command(Conflict),
	"audit.broken":           command(NotVerified),
	"audit.cannot-check":     command(CannotVerify),
	"fsck.broken":            command(NotVerified),
	"integrity.broken":       command(NotVerified),
	"integrity.cannot-check": command(CannotVerify),
	"fsck.cannot-check":      command(CannotVerify),
	"client.bad-server":      command(Usage),
	"client.unreachable":     command(NotReachable),
	"client.bad-answer":      command(Failed),
	"host.file":              command(Failed),
	"host.no-key":            command(CannotVerify),
	"host.key-exists":        command(Conflict),
	"seal.unknown-key":       command(NotFound),
	"seal.unsafe":            command(NotVerified),
	"host.bad-key":           command(NotVerified),
	"host.open-keys":         command(NotPermitted),
	"host.config":            command(Usage),
	"host.not-made":          command(NotFound),
	"host.already-made":      command(Conflict),
	"host.listen":            command(Failed),
	"host.certificate":       command(Failed),

	// Backups and archives.
	"host.broken-backup":     command(NotVerified),
	"host.unchecked-backup":  command(CannotVerify),
	"host.not-a-backup":      command(Usage),
	"host.occupied":          command(Conflict),
	"host.no-root":           command(NotFound),
	"storage.in-use":         command(Conflict),
	"archive.broken":         command(NotVerified),
	"archive.not-an-archive": command(NotVerified),
	"archive.encrypted":      command(NotPermitted),
	"archive.newer":          command(Failed),
	"archive.no-place":       command(Failed),

	// The repair door.
	"host.repair-only": {http.StatusServiceUnavailable, CannotVerify},

	// Installations of a server.
	"installation.suspended":     readOnly,
	"installation.changed-since": command(Conflict),
	"host.other-export":          command(NotFound),
	"host.not-an-export":         command(Usage),
	"audit.head-differs":         command(NotVerified),
	"audit.proof-malformed":      command(NotVerified),
	"audit.proof-version":        command(CannotVerify),
	"audit.proof-broken":         command(NotVerified),
	"audit.proof-unchecked":      command(CannotVerify),
	"audit.bad-head":             command(Usage),
	"host.not-genuine":           command(NotVerified),
	"installation.bad-import":    command(NotVerified),

	// Moving to another database.
	"host.same-place": command(Usage),
	"storage.moved":   {http.StatusServiceUnavailable, Conflict},

	// The doctor.
	"host.unwell": command(Failed),
}

// command is the row of an error that only a command returns.
func command(exit int) Row { return Row{http.StatusInternalServerError, exit} }
