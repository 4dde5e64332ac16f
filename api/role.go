package api

import "time"

// The roles a person may have in the installation.
const (
	RoleAdministrator     = "administrator"      // everything
	RoleUserAdministrator = "user-administrator" // people, and what they are given
	RoleAuditor           = "auditor"            // reads everything, changes nothing
)

// A RoleHolder is a person with a role.
type RoleHolder struct {
	Role    string    `json:"role" enum:"administrator,user-administrator,auditor"`
	Person  string    `json:"person" doc:"User id."`
	Number  int64     `json:"number"`
	SignsIn bool      `json:"signs_in" doc:"Whether the person can sign in today."`
	Since   time.Time `json:"since,omitzero"`
	By      string    `json:"by,omitempty" doc:"Who gave it."`
}

// A RoleChoice is the body that gives a role.
type RoleChoice struct {
	Role string `json:"role" doc:"administrator, user-administrator or auditor."`
}

// A ChangedRoles is the answer to a change of a person's roles.
type ChangedRoles struct {
	Outcome
	Person string   `json:"person" doc:"User id."`
	Roles  []string `json:"roles" doc:"Those the person has now."`
}
