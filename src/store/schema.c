/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report is found by its time before all else, so its key is its time: id = at << 28 and a
 * number that counts reports, which tells those of one second apart. Every index over a column
 * ends with this key, so that one value's reports stand in it in the order of time: a page of any
 * filter is 50 neighbours of an index, and a cursor is one number.
 *
 * Of domains and servers there are so many that each new report would touch a page of its own in
 * such an index. Theirs begin with the day (86,400 << 28 is a day of keys), so that writing stays
 * in one place; to find the last ones of a domain, one day after the other is looked up.
 *
 * What reports say again and again (causes, providers, domains, servers) are small numbers of the
 * table names. All that is only shown stands packed in body (pack.c). A mail's
 * key is made in the same way of the time when it came; part is 1 where it has several reports.
 * Nearly all reports are bounces: kind 1 has no index. wish is the recommendation.
 *
 * The steps are SQL that both databases know, but for some words that each has its own for:
 * INTEGER, BLOB, TEXT, IDENTITY (a key that counts up by itself), WITHOUT ROWID (SQLite: the rows
 * stand in the primary key).
 */
#include "schema.h"

/* clang-format off */
static const char *const steps[] = {
    /* 1: reports, addresses, audit, tokens */
    "CREATE TABLE names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE addresses (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE,"
    " state INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL DEFAULT 0,"
    " until INTEGER NOT NULL DEFAULT 0, pauses INTEGER NOT NULL DEFAULT 0,"
    " delivered INTEGER NOT NULL DEFAULT 0, cause INTEGER REFERENCES names, why TEXT);"
    "CREATE INDEX addresses_state ON addresses (state, since, id) WHERE state <> 0;"
    "CREATE TABLE mails (id INTEGER PRIMARY KEY, source INTEGER, raw BLOB NOT NULL);"
    "CREATE TABLE reports (id INTEGER PRIMARY KEY, report_id BLOB NOT NULL UNIQUE,"
    " failure INTEGER, kind INTEGER NOT NULL, wish INTEGER NOT NULL, proof INTEGER NOT NULL,"
    " cause INTEGER,"
    " provider INTEGER, domain INTEGER, remote_mta INTEGER,"
    " address INTEGER REFERENCES addresses, mail INTEGER, part INTEGER NOT NULL,"
    " body BLOB NOT NULL);"
    "CREATE INDEX reports_kind ON reports (kind, id) WHERE kind <> 1;"
    "CREATE INDEX reports_cause ON reports (cause, id) WHERE cause IS NOT NULL;"
    "CREATE INDEX reports_provider ON reports (provider, id) WHERE provider IS NOT NULL;"
    "CREATE INDEX reports_domain ON reports ((id / 23192823398400), domain, id)"
    " WHERE domain IS NOT NULL;"
    "CREATE INDEX reports_remote_mta ON reports ((id / 23192823398400), remote_mta, id)"
    " WHERE remote_mta IS NOT NULL;"
    "CREATE INDEX reports_address ON reports (address, id) WHERE address IS NOT NULL;"
    "CREATE INDEX reports_mail ON reports (mail) WHERE part = 1;"
    "CREATE TABLE strikes (address INTEGER NOT NULL REFERENCES addresses, day INTEGER NOT NULL,"
    " at INTEGER NOT NULL, failure INTEGER, clear INTEGER NOT NULL, cause INTEGER,"
    " report_id BLOB NOT NULL, PRIMARY KEY (address, day)) WITHOUT ROWID;"
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"
    " action TEXT NOT NULL, address INTEGER REFERENCES addresses, before INTEGER, after INTEGER,"
    " why TEXT NOT NULL);"
    "CREATE INDEX audit_address ON audit (address, id) WHERE address IS NOT NULL;"
    "CREATE TABLE tokens (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
    " scopes INTEGER NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,"
    " revoked INTEGER NOT NULL DEFAULT 0);",

    /* 2: counts and templates. What is there is counted: steps 0 and 1 are hours and days,
     * dimensions those of rollup.h. */
    "CREATE TABLE counts (step INTEGER, dimension INTEGER, time INTEGER, name INTEGER,"
    " kind INTEGER, cause INTEGER, count INTEGER NOT NULL,"
    " PRIMARY KEY (step, dimension, time, name, kind, cause)) WITHOUT ROWID;"
    "CREATE TABLE templates (id IDENTITY, text TEXT NOT NULL UNIQUE,"
    " count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " report_id BLOB NOT NULL);"
    "CREATE INDEX templates_count ON templates (count, id);"
    "INSERT INTO counts SELECT s.step, d.dimension, (id >> 28) / s.size * s.size,"
    " CASE d.dimension WHEN 0 THEN kind WHEN 1 THEN proof WHEN 2 THEN coalesce(provider, 0)"
    " WHEN 3 THEN coalesce(domain, 0) ELSE coalesce(remote_mta, 0) END,"
    " kind, coalesce(cause, 0), count(*) FROM reports,"
    " (SELECT 0 AS step, 3600 AS size UNION ALL SELECT 1, 86400) s,"
    " (SELECT 0 AS dimension UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"
    " UNION ALL SELECT 4) d GROUP BY 1, 2, 3, 4, 5, 6;",

    /* 3: notices: store_notice.h. dead: when it was given up. told: what was told of when. */
    "CREATE TABLE notices (id IDENTITY, endpoint TEXT NOT NULL, message BLOB NOT NULL,"
    " kind TEXT NOT NULL, about TEXT NOT NULL, at INTEGER NOT NULL, since INTEGER NOT NULL,"
    " due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0,"
    " error TEXT NOT NULL DEFAULT '', body TEXT NOT NULL);"
    "CREATE INDEX notices_due ON notices (endpoint, due, id) WHERE dead = 0;"
    "CREATE INDEX notices_dead ON notices (dead, id, endpoint) WHERE dead <> 0;"
    "CREATE TABLE endpoints (name TEXT PRIMARY KEY, delivered INTEGER NOT NULL,"
    " last_delivery INTEGER NOT NULL, last_failure INTEGER NOT NULL, error TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE told (subject TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;",
};
/* clang-format on */

/* The word at the front of s that a database has its own for; NULL: none. */
static const struct wb_schema_word *word_at(struct wb_slice s, const struct wb_schema_word *words)
{
    for (; words->ours; words++)
        if (wb_slice_starts(s, wb_slice_str(words->ours)))
            return words;
    return NULL;
}

void wb_schema_step(int version, const struct wb_schema_word *words, struct wb_buf *out)
{
    struct wb_slice rest = wb_slice_str(steps[version]);
    while (rest.n) {
        const struct wb_schema_word *word = word_at(rest, words);
        wb_buf_put(out, word ? wb_slice_str(word->theirs) : wb_slice_head(rest, 1));
        rest = wb_slice_from(rest, word ? strlen(word->ours) : 1);
    }
    wb_buf_byte(out, '\0');
}

int wb_schema_version(void)
{
    return (int)(sizeof steps / sizeof steps[0]);
}

bool wb_schema_known(const char *store, int version, struct wb_status *status)
{
    if (version <= wb_schema_version())
        return true;
    return wb_trouble(status, "%s: it is of version %d, made by a later program; this one knows %d",
                      store, version, wb_schema_version());
}
