package web_test

import "testing"

// The course of a license says when records of the past are out of use.
func TestTheCourseOfALicenseSaysWhatIsNotKnownOfThePast(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/superoffice/sales").lacks(t, "Not all is known")
	w.attack("UPDATE assignment SET quantity = 0 WHERE number = 2")
	w.reopen()
	r = w.host()
	r.get("/licenses/superoffice/sales").says(t, "Not all is known", "1 record is out of use", "who had them is not known")
}
