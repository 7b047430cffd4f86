-- The two roles of GroupCare (run once, as a superuser, before the first migration):
--   psql -v owner_password="'...'" -v app_password="'...'" -v database=groupcare -f roles.sql
--
-- groupcare_owner  owns the tables and runs "manage.py migrate"; nothing else uses it.
-- groupcare_app    is what web, worker and beat connect as. It owns nothing, so it can neither alter a
--                  table nor switch a trigger off. "migrate" grants it what it needs: on append-only
--                  tables SELECT and INSERT only. Its name is GROUPCARE_APP_DB_ROLE.
\set ON_ERROR_STOP on

CREATE ROLE groupcare_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :owner_password;
CREATE ROLE groupcare_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT PASSWORD :app_password;

CREATE DATABASE :"database" OWNER groupcare_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO groupcare_app;

\connect :"database"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO groupcare_owner;
GRANT USAGE ON SCHEMA public TO groupcare_app;
