package web

import (
	"errors"
	"slices"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func databasesRoutes() []route {
	return slices.Concat([]route{
		get("/status/databases", api.ScopeRead, showDatabases),
		post("/status/databases", api.ScopeAssign, addDatabase),
		post("/status/databases/{id}/rename", api.ScopeAssign, renameDatabase).showing(),
		post("/status/databases/{id}/give", api.ScopeAssign, giveDatabase).granting(),
		post("/status/databases/{id}/release", api.ScopeAssign, releaseDatabase),
		get("/status/databases/{id}/remove", api.ScopeAssign, askRemoveDatabase),
		post("/status/databases/{id}/remove", api.ScopeAssign, removeDatabase),
	}, exporting("/status/databases", api.ScopeRead, databasesList))
}

// A databasesView is the databases of the installation with the site licenses
// they hold.
type databasesView struct {
	List    []api.Database
	Sites   []api.License // that can be given
	Faults  page.Faults
	At      int64 // the database a form was about that was not accepted; -1: none
	Typed   string
	Leaving *api.ChangedDatabase // what removing one would do
}

const databasesPath = "/status/databases"

func databasePath(d api.Database) string {
	return databasesPath + "/" + strconv.FormatInt(d.Number, 10)
}

func (v *visit) databases() (databasesView, error) {
	x := databasesView{At: -1}
	list, err := v.in.Databases(v.ctx(), v.act, false)
	if err != nil {
		return x, err
	}
	licenses, err := v.in.Licenses(v.ctx(), v.act, true)
	if err != nil {
		return x, err
	}
	for _, l := range licenses.Items {
		if l.Kind == license.Site && !l.Marker {
			x.Sites = append(x.Sites, l)
		}
	}
	x.List = list.Items
	v.titled("status", v.Say("databases.title"))
	v.crumbs(v.crumb("nav.status", "/status"))
	v.AsOf, v.Command = list.AsOf, "pott database ls"
	return x, nil
}

func showDatabases(v *visit) error {
	x, err := v.databases()
	if err != nil {
		return err
	}
	return v.show(databasesPage(v, x))
}

// databasesRefused shows the page again, with what was typed for a database and why
// it was refused.
func (v *visit) databasesRefused(at int64, field string, refused error) error {
	x, err := v.databases()
	if err != nil {
		return err
	}
	x.At, x.Typed, x.Faults = at, v.form("name"), page.Faults{v.fault(field, refused)}
	return v.wrong(databasesPage(v, x))
}

// databaseNumber is the database of the path.
func (v *visit) databaseNumber() int64 {
	n, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (v *visit) databaseDone(done api.ChangedDatabase, title string, undo *page.Act) error {
	r := page.Receipt{Title: title, Items: v.siteEffects(done.Effect), Links: v.recorded(done.Outcome), Undo: undo}
	if !done.Changed {
		r = page.Receipt{Title: v.Say("person.already")}
	}
	return v.done(databasesPath, r)
}

// siteEffects are what a change did to what databases hold, in sentences.
func (v *visit) siteEffects(e api.Effect) (items []string) {
	for _, h := range e.Given {
		items = append(items, v.Say("person.given", "Names", []string{v.holding(h)}))
	}
	for _, h := range e.Released {
		items = append(items, v.Say("person.released", "Names", []string{v.holding(h)}))
	}
	return items
}

func addDatabase(v *visit) error {
	done, err := v.in.AddDatabase(v.ctx(), v.act, v.form("name"))
	if err != nil {
		return v.databasesRefused(-1, "name", err)
	}
	return v.databaseDone(done, v.Say("databases.added", "Name", done.Database.Name), nil)
}

func renameDatabase(v *visit) error {
	was, err := v.in.Database(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	done, err := v.in.RenameDatabase(v.ctx(), v.seeing(v.act, "name"), v.r.PathValue("id"), v.form("name"))
	if errors.As(err, new(*installation.ChangedMeanwhileError)) {
		return v.renamedMeanwhile(was)
	} else if err != nil {
		return v.databasesRefused(v.databaseNumber(), "name-"+v.r.PathValue("id"), err)
	}
	return v.databaseDone(done, v.Say("databases.renamed", "Name", done.Database.Name),
		&page.Act{Text: v.Say("person.undo"), Path: databasePath(was) + "/rename", Fields: undoing("name", was.Name, done.Database.Name)})
}

func (v *visit) renamedMeanwhile(d api.Database) error {
	v.titled("status", "")
	v.crumbs(v.crumb("nav.status", "/status"), v.crumb("databases.title", databasesPath))
	return v.meanwhile(meanwhileView{What: d.Name, By: v.lastWho("database.rename", "database", v.r.PathValue("id")), Caption: v.Say("databases.title"),
		Action: databasePath(d) + "/rename", Back: databasesPath}, []contested{{Field: "name", Label: v.Say("databases.name"), Yours: v.form("name"), Now: d.Name}})
}

func giveDatabase(v *visit) error {
	id, name := v.r.PathValue("id"), v.form("license")
	done, err := v.in.AssignSite(v.ctx(), v.act, id, name, api.SiteChoice{})
	if err != nil {
		return v.databasesRefused(v.databaseNumber(), "license-"+id, err)
	}
	return v.databaseDone(done, v.Say("databases.changed", "Name", done.Database.Name),
		&page.Act{Text: v.Say("person.undo"), Path: databasePath(done.Database) + "/release", Fields: [][2]string{{"license", name}}})
}

func releaseDatabase(v *visit) error {
	id, name := v.r.PathValue("id"), v.form("license")
	done, err := v.in.ReleaseSite(v.ctx(), v.act, id, name, true)
	if err != nil {
		return v.databasesRefused(v.databaseNumber(), "license-"+id, err)
	}
	var undo *page.Act
	if len(done.Effect.Released) == 1 {
		undo = &page.Act{Text: v.Say("person.undo"), Path: databasePath(done.Database) + "/give", Fields: [][2]string{{"license", name}}}
	}
	return v.databaseDone(done, v.Say("databases.changed", "Name", done.Database.Name), undo)
}

// askRemoveDatabase shows what removing a database would take back: nothing undoes
// it.
func askRemoveDatabase(v *visit) error {
	would, err := v.in.RemoveDatabase(v.ctx(), v.dry(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.titled("status", v.Say("databases.remove-title", "Name", would.Database.Name))
	v.crumbs(v.crumb("nav.status", "/status"), v.crumb("databases.title", databasesPath))
	v.Command = "pott database remove " + quoted(would.Database.Name)
	return v.show(removeDatabasePage(v, would))
}

func removeDatabase(v *visit) error {
	done, err := v.in.RemoveDatabase(v.ctx(), v.act, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.databaseDone(done, v.Say("databases.removed", "Name", done.Database.Name), nil)
}

// siteOptions are the site licenses a database does not hold yet.
func (x databasesView) siteOptions(v *visit, d api.Database) []page.Option {
	held := map[license.Name]bool{}
	for _, h := range d.Licenses {
		held[h.Name] = true
	}
	var all []page.Option
	for _, l := range x.Sites {
		if held[l.Name] {
			continue
		}
		text := licenseTitle(l)
		if bounded(l) {
			text = v.Say("people.plan-spare", "Name", text, "N", l.Free)
		}
		all = append(all, page.Option{Value: l.Name.String(), Text: text})
	}
	return all
}

// saw is the name a database had when the form about it was opened.
func (x databasesView) saw(v *visit, d api.Database) string {
	if x.At != d.Number {
		return d.Name
	}
	return v.saw("name", d.Name)
}

// named is what stands in the field for the name of a database.
func (x databasesView) named(d api.Database) string {
	if x.At == d.Number && x.Typed != "" {
		return x.Typed
	}
	return d.Name
}
