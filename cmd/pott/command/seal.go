package command

import (
	"errors"
	"log/slog"
	"strconv"

	"github.com/pott-dev/pott/cmd/pott/host"
)

type sealCmd struct {
	Status sealStatus `cmd:"" help:"Which seal keys there are, and how many records carry each."`
	Rotate sealRotate `cmd:"" help:"Seal everything with a new key, or finish a rotation that was cut short."`
	Retire sealRetire `cmd:"" help:"Say of a key that no record carries any more that only backups need it."`
}

// openHost opens the server of this machine for one command.
func (s *session) openHost(config host.Config) (*host.Host, error) {
	return host.Open(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler))
}

type sealStatus struct{ hostFlags }

func (c sealStatus) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	h, err := s.openHost(config)
	if err != nil {
		return err
	}
	status, err := h.SealStatus()
	if err := errors.Join(err, h.Close()); err != nil {
		return err
	}
	return s.answerSeal(status)
}

type sealRotate struct {
	hostFlags
	Prepare     bool `help:"Only make the key; the next rotation takes it into use."`
	Compromised bool `help:"Somebody else may know the present key: check everything first, retire it at once."`
	preview
}

// Help says what kong's one line cannot.
func (sealRotate) Help() string {
	return "Works while servers run. Where several servers share a database: rotate with --prepare, copy seal.key to all of them, then rotate; one that lacks the key seals nothing and says which key it needs. Old keys stay in seal.key until you retire them, and after that for reading backups."
}

func (c sealRotate) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	if c.Prepare && c.Compromised {
		return &UsageError{Problem: "--prepare and --compromised exclude each other", Help: "pott server seal rotate --help"}
	}
	status, err := host.RotateSeal(s.ctx, config, s.p.Now, slog.New(slog.DiscardHandler), host.SealRotation{
		By: by(), Prepare: c.Prepare, Compromised: c.Compromised, DryRun: c.DryRun,
		Moved: func(left int64) {
			if left > 0 {
				s.remark("seal.left", left)
			}
		},
	})
	if err != nil {
		return err
	}
	return s.answerSeal(status)
}

type sealRetire struct {
	hostFlags
	Key string `arg:"" help:"The key's id, as pott server seal status shows it."`
	preview
}

func (c sealRetire) Run(s *session) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	h, err := s.openHost(config)
	if err != nil {
		return err
	}
	status, err := h.RetireSeal(s.ctx, by(), c.Key, c.DryRun)
	if err := errors.Join(err, h.Close()); err != nil {
		return err
	}
	return s.answerSeal(status)
}

// answerSeal shows the seal keys.
func (s *session) answerSeal(status host.SealStatus) error {
	return s.answer(answer{doc: status, ids: idsOf(status.Keys, func(k host.SealKeyStatus) string { return k.ID }), human: func(o *paper) {
		t := &table{columns: []column{{head: "key"}, {head: "made"}, {head: "state"}, {head: "records", right: true}}}
		for _, k := range status.Keys {
			t.add(k.ID, either(k.Made, "-"), s.say("seal."+string(k.State)), strconv.FormatInt(k.Rows, 10))
		}
		o.table(t)
		switch {
		case status.DryRun && status.Finished:
			o.line("seal.would-finish", status.Left)
		case status.DryRun:
			o.line("seal.would")
		case status.Made != "":
			o.line("seal.made", status.Made)
		}
		if status.Left > 0 && !status.DryRun {
			o.line("seal.left", status.Left)
		}
	}})
}
