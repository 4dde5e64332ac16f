// Package entitle answers inside your program whether somebody may do something
// now, in nanoseconds, and keeps answering while the license server is away.
//
// # What to use
//
// Call [Open] once, when the program starts, and keep the [Client]. Then ask it
// one of four questions:
//
//	may this person sign in here?        client.CheckLogin("anna", web)
//	is this feature on at all?           client.CheckSystem(sale)
//	may this person edit there?          client.CheckEdit("anna", sale)
//	may this person use this module?     client.Check("anna", saleCal)
//
// Names are [license.Name] values, such as license.NameOf("SUPEROFFICE", "sale").
// Ask about modules and never about plans: which plan includes what is the
// issuer's business, and changes.
//
// An [Answer] is an effect and the reason for it. There are three effects. Allow
// means yes. ReadOnly means that the person may look and change nothing: show the
// page, disable the button. Deny means no. While Answer.Grace is true everything
// works, and it is time to tell an administrator.
//
// Programs that check many times per request ask for handles: a [PersonHandle]
// when somebody signs in, a [ModuleHandle] where the program is set up, and then
// [Client.CheckHandle]. Programs in which a change takes effect at the next login
// use a [Session].
//
// # What happens when the server is down
//
// Checks never wait for the server: they read memory, which a change stream keeps
// at the present state. When the stream breaks, the client goes on answering from
// what it knows and tries again, after a second at first and never less often
// than every half minute.
//
// What it knows wears out in two ways. The dates of the license sets go on
// passing: a set goes into grace, and after its grace its modules become
// read-only, whether the server is there or not. And when nothing has been heard
// for longer than the installation allows (30 days unless it says otherwise),
// people are denied with the reason [TooOld]; [Client.Status] says from the first
// day when that will be. Features of the whole installation are still answered.
//
// A program that starts while the server is away fails to open, unless
// Options.Cache names a folder in which a previous run left what it knew.
//
// # What to trust
//
// Holdings are signed by the installation and license files by their issuers. A
// client that is given Options.InstallationKey and Options.Roots believes nothing
// else; without them it takes the word of the server it was pointed at. Changes
// between two holdings come over the connection alone, so use https.
//
// What a disconnected program cannot know is that somebody's license was taken
// back in the meantime.
//
// Package entitletest has a server for tests.
package entitle
