package authority

import "time"

// ReviewOrder says of an order what [Authority.Lint] says, without a record: no
// fence is asked, and the set comes after what before says was issued last.
func ReviewOrder(o *Order, c *Catalogue, before Before, now time.Time) *Review {
	return review(o, c, before, now)
}
