package store

import "github.com/pott-dev/pott/internal/tamper"

// layouts are the sealed tables. A layout that was shipped never changes; see
// the package comment for how a table or a column is added.
var (
	installationLayout = tamper.NewLayout("installation", "id:t", "number:i name:t created:i state:t")

	assignmentLayout = tamper.NewLayout("assignment", "number:i", "person:t issuer:t module:t quantity:i source:t from_at:i until_at:i "+
		"given_by:t reason:t ended_by:t end_reason:t")
	keyListLayout = tamper.NewLayout("key_list", "number:i", "note:b learned_at:i")
	licenseLayout = tamper.NewLayout("license", "issuer:t module:t", "number:i set_number:i line:i kind:i seats:i taken:i "+
		"unrestricted:i open_ended:i hidden:i")
	setLayout = tamper.NewLayout("license_set", "checkpoint:t", "issuer:t number:i serial:t state:t file:t certificates:t "+
		"loaded_at:i accepted_at:i from_at:i until_at:i")
	ownerLayout   = tamper.NewLayout("owner", "id:i", "company:t serial:t time_zone:t demo:i language:t site_key:b")
	personLayout  = tamper.NewLayout("person", "id:t", "number:i kind:i login:i valid_through:t profile:t state:t commitment:b created:i erased:i")
	profileLayout = tamper.NewLayout("profile", "code:t", "name:t modules:t")
	tokenLayout   = tamper.NewLayout("token", "id:t", "name:t hash:b scopes:t created:i created_by:t expires:i revoked:i")

	layouts = []*tamper.Layout{installationLayout, assignmentLayout, keyListLayout, licenseLayout, setLayout,
		ownerLayout, personLayout, profileLayout, tokenLayout, activationLayout, agreementLayout, policyLayout,
		eventLayout, authorityLayout, databaseLayout, hookLayout, roleLayout, siteAssignmentLayout,
		pastPersonLayout, pastProfileLayout,
		credentialLayout, sessionLayout, preferenceLayout, providerLayout,
		messageRuleLayout, messageChoiceLayout, messageToldLayout, messageOutLayout, snoozeLayout, activityPolicyLayout}
)

// unsealed are the tables whose rows carry no seal of their own, and why.
var unsealed = map[string]string{
	"activity": "it must be erasable without a trace, and the journal would remember every day; it decides nothing",
	"head":     "its box authenticates the whole row",
	"journal":  "the chain covers every row, and the head holds its last link",
	"audit":    "the hash of a batch's entries stands in its journal row",
	"personal": "it must be erasable; the sealed person row commits to it",
	"box":      "each row is encrypted and authenticated as a whole, and may be forgotten",
	"set_file": "its hash stands in the sealed license_set row and is checked at every use",
}
