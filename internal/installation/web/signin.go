package web

// A doorkeeper lets people in.
type doorkeeper struct{}

// needSignIn answers a request of somebody who is not signed in.
func (v *visit) needSignIn() {
	v.goTo("/signin")
}
