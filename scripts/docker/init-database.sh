#!/bin/sh
# Run once by the PostgreSQL image, for an empty volume: the owner of the tables, who makes roles, is no superuser and never
# serves, and the database. The application's login is made by the migrations.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$DATABASE_OWNER_PASSWORD" --username postgres <<'SQL'
CREATE ROLE sluice_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE sluice OWNER sluice_owner;
SQL
