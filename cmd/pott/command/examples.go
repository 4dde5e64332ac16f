package command

import "strings"

// examples are shown in the help of each command, and a test reads every one of
// them as the parser would.
var examples = map[string][]string{
	"status":             {"pott status", "pott status --json"},
	"license ls":         {"pott license ls", "pott license ls --hidden"},
	"license show":       {"pott license show sale-cal", "pott license show sales-premium --seats 35", "pott license show superoffice.sale-cal --json"},
	"license holders":    {"pott license holders sales-premium", "pott license holders sales-premium -q", "pott license holders sales-premium --as-of 2026-05-31"},
	"license history":    {"pott license history sales-premium", "pott license history sale-cal --by month --json"},
	"set ls":             {"pott set ls"},
	"set show":           {"pott set show superoffice-1", "pott set show superoffice-1 --file"},
	"set inspect":        {"pott set inspect designteamet-2.pott"},
	"set verify":         {"pott set verify designteamet-2.pott --root root.pub"},
	"set load":           {"pott set load designteamet-2.pott", "pott set load --dry-run designteamet-2.pott", "pott set load keys.pott"},
	"set review":         {"pott set review", "pott set review superoffice-2 --all", "pott set review --move sales-premium=sales-essentials --free choices.csv"},
	"set activate":       {"pott set activate superoffice-2 --yes", "pott set activate --move sales-premium=sales-essentials --acknowledge quotes --dry-run"},
	"set roll-back":      {"pott set roll-back --dry-run", "pott set roll-back superoffice --yes"},
	"set withdraw":       {"pott set withdraw superoffice-3"},
	"set diff":           {"pott set diff superoffice-1 superoffice-2"},
	"set history":        {"pott set history", "pott set history --json"},
	"set policy":         {"pott set policy", "pott set policy ask"},
	"authority ls":       {"pott authority ls"},
	"authority register": {"pott authority register SUPEROFFICE --code-file code.txt", "pott authority register SUPEROFFICE ABCD-EFGH-IJKL-MNOP-QRST --dry-run"},
	"authority fetch":    {"pott authority fetch", "pott authority fetch SUPEROFFICE --dry-run"},
	"authority request":  {"pott authority request SUPEROFFICE --file designteamet.request", "pott authority request SUPEROFFICE --serial 1600070120 --code ABCD-EFGH-IJKL-MNOP-QRST --file designteamet.request"},
	"owner change": {
		"pott owner change 1600070120 --company Designteamet --issuer SUPEROFFICE --code ABCD-EFGH-IJKL-MNOP-QRST --yes",
		"pott owner change 1600070120 --file superoffice-1600070120-1.pott --dry-run",
	},
	"user ls":          {"pott user ls", "pott user ls anna --holds sale-cal", "pott user ls --signs-in yes --sort name --by plan"},
	"user show":        {"pott user show anna", "pott user show '#12'", "pott user show anna --as-of 2026-05-31"},
	"user add":         {"pott user add anna --first Anna --last Ek --login", "pott user add anna --login --plan sales-premium --dry-run"},
	"user change":      {"pott user change anna --email anna@example.com", "pott user change anna --former"},
	"user rm":          {"pott user rm anna --dry-run", "pott user rm anna --yes"},
	"user erase":       {"pott user erase anna --dry-run", "pott user erase '#12' --yes"},
	"user plan set":    {"pott user plan set anna sales-premium", "pott user plan set anna --line sales=premium --line service=essentials"},
	"user plan add":    {"pott user plan add anna superoffice.sales-premium"},
	"user plan rm":     {"pott user plan rm anna sales-premium"},
	"user extra add":   {"pott user extra add anna visible-for", "pott user extra add anna visible-for --dry-run"},
	"user extra rm":    {"pott user extra rm anna visible-for"},
	"user approve":     {"pott user approve anna", "pott user approve anna --dry-run"},
	"user retire":      {"pott user retire anna --dry-run", "pott user retire anna"},
	"user restore":     {"pott user restore anna", "pott user restore '#12' --as anna.ek"},
	"role ls":          {"pott role ls"},
	"role give":        {"pott role give anna administrator"},
	"role take":        {"pott role take anna auditor"},
	"database ls":      {"pott database ls", "pott database ls --removed"},
	"database add":     {"pott database add Oslo"},
	"database rename":  {"pott database rename 0 Stockholm"},
	"database remove":  {"pott database remove Oslo --dry-run", "pott database remove Oslo --yes"},
	"database assign":  {"pott database assign Oslo translate", "pott database assign 0 translate --dry-run"},
	"database release": {"pott database release Oslo translate", "pott database release Oslo translate --with-dependants"},
	"blockers show":    {"pott blockers show"},
	"blockers set":     {"pott blockers set https://crm.example.com/pott/blockers --unreachable block"},
	"blockers rm":      {"pott blockers rm"},
	"blockers ask":     {"pott blockers ask anna", "pott blockers ask anna --act plan.remove"},
	"may-upgrade":      {"pott may-upgrade 12.1 --date 2026-11-30", "pott may-upgrade --issuer superoffice --json"},
	"user profile set": {"pott user profile set polar handler", "pott user profile set polar"},
	"user login set":   {"pott user login set anna", "pott user login set anna --valid-through 2027-06-30"},
	"user login end":   {"pott user login end anna"},
	"user why":         {"pott user why anna sale-cal", "pott user why anna --client superoffice.web", "pott user why anna sale-cal --proof anna.proof"},
	"user licenses":    {"pott user licenses anna", "pott user licenses anna --json"},
	"database check":   {"pott database check Oslo superoffice.translate"},
	"database why":     {"pott database why Oslo translate"},
	"user check":       {"pott user check anna superoffice.sale-cal", "pott user check anna --feature superoffice.sale --json"},
	"profile ls":       {"pott profile ls"},
	"profile set":      {"pott profile set handler case document --name Handler", "pott profile set seasonal"},
	"profile rm":       {"pott profile rm seasonal"},
	"count":            {"pott count", "pott count --as-of 2026-05-31"},
	"event ls":         {"pott event ls", "pott event ls --ended"},
	"event show":       {"pott event show 3"},
	"event start":      {"pott event start no-login --for 2h --text 'Upgrade to version 11'", "pott event start message --text 'sv=Lunch 12' --text 'en=Lunch at 12' --dry-run"},
	"event change":     {"pott event change 3 --until 2026-06-10T20:00:00Z", "pott event change 7 --done 30 --total 100"},
	"event end":        {"pott event end 3 --reason 'upgrade done'", "pott event end 7 --emergency"},
	"peaks":            {"pott peaks", "pott peaks --from 2026-05-01 --to 2026-05-31 --hidden"},
	"what-if":          {"pott what-if 'remove-plan anna sales-premium' --ask 'anna sale-cal'", "pott what-if 'activate-set superoffice-2' 'date 2027-07-01' --sign-in 'anna web'"},
	"audit ls":         {"pott audit ls", "pott audit ls --user anna --limit 20"},
	"audit verify":     {"pott audit verify"},
	"token ls":         {"pott token ls"},
	"token add":        {"pott token add dashboard --scope read --out dashboard.token", "pott token add intranet --scope check --expires 2027-06-30"},
	"token rm":         {"pott token rm k3v9"},
	"context ls":       {"pott context ls"},
	"context show":     {"pott context show", "pott context show --json"},
	"context use":      {"pott context use production"},
	"context add":      {"pott context add production --server https://pott.example.com --token-file ~/.config/pott/production.token"},
	"context rm":       {"pott context rm production"},
	"server init": {
		"pott server init designteamet --company Designteamet --root root.pub --data /var/lib/pott --keys /etc/pott/keys --token-file admin.token",
		"pott server init designteamet --company Designteamet --root root.pub --token-file admin.token --dry-run",
	},
	"server add":          {"pott server add nordlys --company 'Nordlys Drift AB' --token-file nordlys.token"},
	"server serve":        {"pott server serve --data /var/lib/pott --keys /etc/pott/keys", "pott server serve --config /etc/pott/server.yaml"},
	"server migrate":      {"pott server migrate --data /var/lib/pott --keys /etc/pott/keys"},
	"server check-config": {"pott server check-config /etc/pott/server.yaml"},
	"damage ls":           {"pott damage ls"},
	"damage show":         {"pott damage show 5d41402abc4b"},
	"damage repair":       {"pott damage repair 5d41402abc4b restore --reason 'edited by hand' --code K7QM-2WXA-PL3D", "pott damage repair 5d41402abc4b accept --reason 'the old row is lost' --dry-run"},
	"server confirm":      {"pott server confirm designteamet --data /var/lib/pott"},
	"server seal status":  {"pott server seal status --data /var/lib/pott --keys /etc/pott/keys", "pott server seal status --json"},
	"server seal rotate":  {"pott server seal rotate --dry-run", "pott server seal rotate --prepare", "pott server seal rotate --compromised"},
	"server seal retire":  {"pott server seal retire 5d41402a"},
	"fsck":                {"pott fsck --data /var/lib/pott --keys /etc/pott/keys", "pott fsck --json"},
	"completion":          {"pott completion bash > /etc/bash_completion.d/pott"},
	"version":             {"pott version"},

	"server backup make":   {"pott server backup make /var/backups --data /var/lib/pott --keys /etc/pott/keys", "pott server backup make /var/backups --encrypt-to age15l2rswa38575c76qkcrwk7tze2ddd22x2zpe6wh02kzzx2nljveq4zg9fs"},
	"server backup verify": {"pott server backup verify /var/backups/pott-20260610T120000Z.backup --keys /etc/pott/keys"},
	"server restore from":  {"pott server restore from pott-20260610T120000Z.backup --replace --data /var/lib/pott --keys /etc/pott/keys", "pott server restore from pott-20260610T120000Z.backup --dry-run"},

	"server clone":          {"pott server clone --as-test --to /srv/pott-test --token-file test.token", "pott server clone design --as-test --to /srv/pott-test --token-file test.token --dry-run"},
	"clock show":            {"pott clock show", "pott clock show --json"},
	"clock confirm":         {"pott clock confirm --issuer SUPEROFFICE", "pott clock confirm --code ABCD-EFGH-IJKL"},
	"server clock confirm":  {"pott server clock confirm", "pott server clock confirm --dry-run"},
	"server head":           {"pott server head", "pott server head --json"},
	"server restore accept": {"pott server restore accept --administrator anna --reason 'the disk broke'", "pott server restore accept --administrator anna --reason 'the disk broke' --dry-run"},

	"server recover": {"pott server recover nordlys --token-file recovered.token --data /var/lib/pott --keys /etc/pott/keys", "pott server recover nordlys --token-file recovered.token --for 15m"},

	"server installation ls":      {"pott server installation ls", "pott server installation ls --deleted --json"},
	"server installation add":     {"pott server installation add nordlys --company 'Nordlys Drift AB' --token-file nordlys.token"},
	"server installation suspend": {"pott server installation suspend nordlys --reason 'moving to another server'"},
	"server installation resume":  {"pott server installation resume nordlys"},
	"server installation export":  {"pott server installation export nordlys /var/backups", "pott server installation export nordlys --dry-run"},
	"server installation rm":      {"pott server installation rm nordlys --reason 'moved to their own server' --export nordlys-20260610T120000Z.export", "pott server installation rm nordlys --reason 'a test' --without-export nordlys"},

	"server move": {"pott server move --to postgres://pott@db.example.com/pott --dry-run", "pott server move --to postgres://pott@db.example.com/pott --data /var/lib/pott --keys /etc/pott/keys"},

	"server doctor": {"pott server doctor --data /var/lib/pott --keys /etc/pott/keys", "pott server doctor --config /etc/pott/server.yaml --json"},
}

// detail returns the help of a command below its first line.
func detail(said, path string) string {
	lines := []string{"Examples:"}
	for _, e := range examples[path] {
		lines = append(lines, "  "+e)
	}
	if said != "" {
		lines = append(lines, "", said)
	}
	return strings.Join(lines, "\n")
}
