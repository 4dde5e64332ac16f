package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/pott-dev/pott/internal/installation"
)

// A route is one thing a page shows or does.
type route struct {
	method string // GET also answers HEAD
	path   string
	scope  string // what the reader's roles must reach; or [member], [anybody]
	serve  func(*visit) error
	most   int64 // bytes of a form; 0 is 1 MiB
	alone  bool  // browsers ask for it by themselves: nobody has used the session
	deed   installation.Deed
	always bool // it is never refused as a whole: it stores nothing, or finds another way
	shows  bool // the form holds what is the case
}

// Who may come, besides the scopes of the API.
const (
	member  = ""        // everybody who is signed in
	anybody = "anybody" // nobody needs to be signed in
)

func (rt route) pattern() string {
	if rt.path == "/" {
		return "/{$}"
	}
	return rt.path
}

func get(path, scope string, serve func(*visit) error) route {
	return route{method: http.MethodGet, path: path, scope: scope, serve: serve}
}

func post(path, scope string, serve func(*visit) error) route {
	return route{method: http.MethodPost, path: path, scope: scope, serve: serve}
}

// upTo is the route, for forms that may be larger.
func (rt route) upTo(bytes int64) route {
	rt.most = bytes
	return rt
}

// protecting is the route, for what takes back, repairs or erases, and grants nothing.
func (rt route) protecting() route {
	rt.deed.Protects = true
	return rt
}

// granting is the route, for what gives something or takes a set into force.
func (rt route) granting() route {
	rt.deed.Grants = true
	return rt
}

// whatever is the route, for what works whatever is the matter.
func (rt route) whatever() route {
	rt.always = true
	return rt
}

// showing is the route, for a form that holds what is the case.
func (rt route) showing() route {
	rt.shows = true
	return rt
}

// byItself is the route, for what browsers ask without anybody doing anything.
func (rt route) byItself() route {
	rt.alone = true
	return rt
}

// routes are all pages, each room's in its own file.
func routes() []route {
	return slices.Concat(frameRoutes(), searchRoutes(), helpRoutes(), licensesRoutes(), removeSetRoutes(), licenseRoutes(), reportRoutes(), homeRoutes(), peopleRoutes(), bulkRoutes(), signInRoutes(), meRoutes(), settingsRoutes(), messageRoutes(), activityRoutes(), personSignInRoutes(), auditRoutes(), bannerRoutes(), statusRoutes(), reviewRoutes(), freeRoutes(), importRoutes(), historyRoutes(), keysRoutes(), personRoutes(), plansRoutes(), usesRoutes(), offboardRoutes(), databasesRoutes(), confirmRoutes())
}

// Path is where one finds a page, for those who go through all of them.
type Path struct {
	Method, Path, Scope string
}

// Paths lists every page, as in "/users/{id}", sorted.
func Paths() []Path {
	var all []Path
	for _, rt := range routes() {
		all = append(all, Path{rt.method, rt.path, rt.scope})
	}
	slices.SortFunc(all, func(a, b Path) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return all
}
