package host

import (
	"errors"
	"os"
	"path/filepath"
)

// fsync brings what was written to the disk; tests look at what is brought.
var fsync = (*os.File).Sync

// writeNew writes a file that is not there yet, down to the disk. A file that
// is there is left alone: the error is [fs.ErrExist]. Its name is on the disk
// once its directory is; see [syncDir].
func writeNew(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, fsync(f), f.Close()); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// syncDir brings the names in a directory to the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return pathError(dir, err)
	}
	if err := errors.Join(fsync(d), d.Close()); err != nil {
		return pathError(dir, err)
	}
	return nil
}

// replaceFile writes a file whole, for its owner only. Either all of it is there,
// on the disk, or what was there before.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return pathError(path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, fsync(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return pathError(path, err)
	}
	return syncDir(filepath.Dir(path))
}
