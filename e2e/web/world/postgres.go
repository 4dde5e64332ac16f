package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"strings"
)

// databaseOn makes a database of its own on a PostgreSQL server, a copy of
// another one or empty where like is "", and returns its address; no server, no
// database. It goes with the cluster, which lives as long as the tests.
func databaseOn(ctx context.Context, server, like string) (string, error) {
	if server == "" {
		return "", nil
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer db.Close()
	name := "web_" + strings.ToLower(rand.Text()[:16])
	create := "CREATE DATABASE " + name
	if like != "" {
		create += " TEMPLATE " + databaseOf(like)
	}
	if _, err := db.ExecContext(ctx, create); err != nil {
		return "", err
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// databaseOf is the name of the database of an address.
func databaseOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}
