package host

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/mail"
)

// tellEvery is how often a server looks whom to tell of something.
const tellEvery = 5 * time.Second

// mailer returns what hands letters to the mail server, or nil where none is set.
func (c Config) mailer() func(context.Context, installation.Letter) error {
	if !c.Mail.IsSet() {
		return nil
	}
	return func(ctx context.Context, l installation.Letter) error {
		err := c.Mail.Send(ctx, mail.Letter(l))
		if err == nil || ctx.Err() != nil {
			return err
		}
		if refused := new(mail.RefusedError); errors.As(err, &refused) {
			return &installation.MailRefusedError{Why: refused.Why}
		}
		return &installation.NoMailServerError{Why: err.Error()}
	}
}

// checkURL makes sure that links can be made from where the server is found.
func checkURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("url: %q is not where a server is found: write https://licenses.example.com", address)
	}
	return nil
}
