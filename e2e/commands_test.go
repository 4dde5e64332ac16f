package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pott-dev/pott/cmd/pott/command"
)

// commandOf is which command does what an operation of the API does.
var commandOf = map[string]string{
	"getStatus": "status", "getAttention": "attention", "getCount": "count", "getPeaks": "peaks", "whatIf": "what-if", "explain": "user why", "check": "user check",
	"listAudit": "audit ls", "getAuditEntry": "audit show", "verifyAudit": "audit verify", "checkAudit": "audit verify", "getAuditProof": "audit proof", "getHead": "audit head", "compareHead": "audit compare",
	"listAuthorities": "authority ls", "fetchSets": "authority fetch", "registerAtAuthority": "authority register", "makeRequestFile": "authority request", "changeOwner": "owner change",
	"getBlockersHook": "blockers show", "setBlockersHook": "blockers set", "dropBlockersHook": "blockers rm", "getBlockers": "blockers ask",
	"getClock": "clock show", "confirmClock": "clock confirm", "getIntegrity": "integrity show", "checkIntegrity": "integrity check",
	"listDamage": "damage ls", "getDamage": "damage show", "getIncident": "damage incident", "repairDamage": "damage repair",
	"listDatabases": "database ls", "getDatabase": "database show", "addDatabase": "database add", "renameDatabase": "database rename", "removeDatabase": "database remove",
	"assignSite": "database assign", "releaseSite": "database release", "getActivity": "activity show", "putActivity": "activity on", "getDefaults": "defaults show", "putDefaults": "defaults set",
	"listEvents": "event ls", "startEvent": "event start", "getEvent": "event show", "changeEvent": "event change", "endEvent": "event end",
	"listJobs": "job ls", "getJob": "job show", "listJobRows": "job show", "cancelJob": "job cancel", "getJobErrors": "job errors", "undoJob": "job undo",
	"listLicenses": "license ls", "getLicense": "license show", "getLicenseHistory": "license history", "listHolders": "license holders", "getMayUpgrade": "may-upgrade",
	"listPeople": "user ls", "addPerson": "user add", "getPerson": "user show", "changePerson": "user change", "deletePerson": "user rm", "erasePerson": "user erase",
	"approvePerson": "user approve", "refusePerson": "user refuse", "retirePerson": "user retire", "restorePerson": "user restore",
	"changePeople": "user bulk", "exportPeople": "user export", "getHoldings": "user export", "importPeople": "user import", "getPeopleTemplate": "user template",
	"setPlan": "user plan set", "addPlan": "user plan add", "removePlan": "user plan rm", "giveExtra": "user extra add", "removeExtra": "user extra rm",
	"arrangePerson": "user arrange", "getOffer": "user offer", "listOwnLicenses": "user licenses", "setPersonProfile": "user profile set", "giveLogin": "user login set", "endLogin": "user login end",
	"getSignIn": "user signin", "makeLink": "user link", "endSessions": "user sign-out", "endSession": "user sign-out", "removePassword": "user forget", "removePasskey": "user forget",
	"listProfiles": "profile ls", "getProfile": "profile show", "putProfile": "profile set", "deleteProfile": "profile rm",
	"listProviders": "provider ls", "putProvider": "provider add", "removeProvider": "provider rm", "testProvider": "provider test",
	"listRoles": "role ls", "giveRole": "role give", "takeRole": "role take", "listTokens": "token ls", "makeToken": "token add", "revokeToken": "token rm",
	"listSets": "set ls", "loadSet": "set load", "getSet": "set show", "getSetFile": "set show", "reviewSet": "set review", "reviewSetWith": "set review", "listSuperfluous": "set superfluous",
	"activateSet": "set activate", "withdrawSet": "set withdraw", "rollBackSet": "set roll-back", "listActivations": "set history", "diffSets": "set diff",
	"getSetPolicy": "set policy", "putSetPolicy": "set policy", "getKeys": "set keys", "removeSet": "set remove", "listViews": "view ls", "saveView": "view save", "dropView": "view rm",
	"getMessages": "message show", "putMessageRules": "message rule", "addWebhook": "message webhook add", "dropWebhook": "message webhook rm", "testMessage": "message test",
	"getReport": "report", "getReportPDF": "report", "getActivationRecord": "set record", "getActivationRecordPDF": "set record",
	"getPersonMessages": "user messages", "putPersonMessages": "user messages",
}

// commandless are the operations that are for programs, and why nobody types them.
var commandless = map[string]string{
	"checkMany":    "products ask for many people at a time; a person asks for one",
	"getChanges":   "a stream that never ends, for products that keep up",
	"getHealth":    "what watches the server asks it",
	"getReadiness": "what sends requests to the server asks it",
	"getDocument":  "the description of the API itself",
}

func TestEveryOperationHasACommandOrAReasonWhyNot(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "spec", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	commands, listed := command.Commands(), map[string]bool{}
	for path, methods := range document.Paths {
		for method, operation := range methods {
			id := operation.OperationID
			listed[id] = true
			words, does := commandOf[id]
			_, needs := commandless[id]
			switch {
			case does == needs:
				t.Errorf("%s %s (%s): it has a command %v, and needs none %v", strings.ToUpper(method), path, id, does, needs)
			case does && !slices.Contains(commands, words):
				t.Errorf("%s: there is no command %q", id, words)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(commandOf)) {
		if !listed[id] {
			t.Errorf("there is no operation %s any more", id)
		}
	}
	for id := range commandless {
		if !listed[id] {
			t.Errorf("there is no operation %s any more", id)
		}
	}
}
