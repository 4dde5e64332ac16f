package command

import "github.com/pott-dev/pott/internal/mail"

// mailFlags say where mails are handed over. The password is never one of them:
// whoever lists the processes of a machine would read it.
type mailFlags struct {
	Server       string `placeholder:"HOST:PORT" help:"Mail server that messages are handed to. Else $POTT_MAIL_SERVER, the settings; without one no mail is sent."`
	From         string `placeholder:"ADDRESS" help:"Sender of mails, such as 'Pott <pott@example.com>'. Else $POTT_MAIL_FROM, the settings."`
	User         string `placeholder:"USER" help:"Name to sign in with at the mail server. Else $POTT_MAIL_USER, the settings."`
	PasswordFile string `placeholder:"FILE" help:"File with the password for it. Else $POTT_MAIL_PASSWORD_FILE, the settings."`
	TLS          string `name:"tls" placeholder:"HOW" help:"How the connection is encrypted: starttls, tls, or none to a server on this machine. Else $POTT_MAIL_TLS, the settings, starttls."`
	CA           string `name:"ca" placeholder:"FILE" help:"Certificates to trust beside the machine's, in PEM. Else $POTT_MAIL_CA, the settings."`
}

func (f mailFlags) server() mail.Server {
	return mail.Server{Address: f.Server, From: f.From, User: f.User, PasswordFile: absolute(f.PasswordFile), TLS: f.TLS, CA: absolute(f.CA)}
}

// mailFrom reads the same from the environment.
func mailFrom(env func(string) string) mail.Server {
	return mail.Server{Address: env("POTT_MAIL_SERVER"), From: env("POTT_MAIL_FROM"), User: env("POTT_MAIL_USER"),
		PasswordFile: env("POTT_MAIL_PASSWORD_FILE"), TLS: env("POTT_MAIL_TLS"), CA: env("POTT_MAIL_CA")}
}
