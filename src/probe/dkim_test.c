/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "dkim.h"

/* Keys that openssl made. */
#define RSA_2048                                                                                   \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoQlSUtDdJKagES69S0ixXkOrEUWjCKz4oQKO"             \
    "nn/mGJ17h4a82eQJB9HzqUQrnoGE64tTSZhBgrc0a54dVTu5GeM71uL4D5rUrIlqQ5uGXbmnEB33jFFk"             \
    "sOSib5nwjNMSZ5zdtC8hf0UIrRIWorRT+lrstlBwzY5vLS8deV0Z2XeJWHbRAY9f2B3nvzynPwWH3STW"             \
    "ohpNlTciz5aOyMx5GWf5Q9AC1Va828eZecku3TbpfD++Y8gu52xgympRr9SOk4mn+gzCdtrhwGGPfLen"             \
    "VicoxDpz7jc1Ve37reuiukyUzuA1yZVc8r1Czeo1j2Y/+gW1L0M6Bfno7hz+4EfYswIDAQAB"
#define RSA_512                                                                                    \
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL/vMBkBfLDKZpE2BSSgkpAJAwEr907FKOCgNLCwFo4avUcM"             \
    "5UI/HYfhAWz5RDNaev6KbKTq4lIKq2dFwqzq4PcCAwEAAQ=="
#define BARE_1024                                                                                  \
    "MIGJAoGBAO2Enflb/8oH4msC2bTgip5LNaqPocEaOteKjuSvI7WxPcsroTkdqYgE1B6RnHtFJ462gECo"             \
    "N0fMNAdXw7Z76DyyBBzBwM1skl4nEAtcEzdcdSrVStYHise56RQz2vhU0aMK0LW9dI3eoc6V5EAz1xVF"             \
    "MfirYZBuzL1DoOP9PfqFAgMBAAE="
#define ED25519 "5mOherN2lTFarLhoeu0etrxadpAVO+7aYm0lXSO2WIQ="

static const struct row {
    const char *name, *record;
    enum wb_dkim_problem problem;
    unsigned bits;
    bool testing;
} rows[] = {
    {"a usual key", "v=DKIM1; k=rsa; p=" RSA_2048, WB_DKIM_IS_OK, 2048},
    {"nothing but the key", "p=" RSA_2048, WB_DKIM_IS_OK, 2048},
    {"blanks in the key", "v=DKIM1;p= " ED25519 " ; k=ed25519", WB_DKIM_IS_OK, 256},
    {"without padding", "k=ed25519; p=5mOherN2lTFarLhoeu0etrxadpAVO+7aYm0lXSO2WIQ", WB_DKIM_IS_OK,
     256},
    {"padding in the middle", "k=ed25519; p=5mOherN2lTFarLhoeu0etrxadpAVO+7aYm0l=XSO2WIQ",
     WB_DKIM_IS_BAD_KEY},
    {"a bare RSA key", "p=" BARE_1024, WB_DKIM_IS_OK, 1024},
    {"a test", "v=DKIM1; t=s : y; p=" RSA_2048, WB_DKIM_IS_OK, 2048, true},
    {"no test", "v=DKIM1; t=s; p=" RSA_2048, WB_DKIM_IS_OK, 2048, false},
    {"too short", "v=DKIM1; p=" RSA_512, WB_DKIM_IS_SHORT, 512},
    {"revoked", "v=DKIM1; p=", WB_DKIM_IS_REVOKED},
    {"no key at all", "v=DKIM1; k=rsa", WB_DKIM_IS_SYNTAX},
    {"another version", "v=DKIM2; p=" RSA_2048, WB_DKIM_IS_SYNTAX},
    {"the version behind", "p=" RSA_2048 "; v=DKIM1", WB_DKIM_IS_SYNTAX},
    {"a tag twice", "v=DKIM1; p=" RSA_2048 "; p=" RSA_2048, WB_DKIM_IS_SYNTAX},
    {"no tags", "hello there", WB_DKIM_IS_SYNTAX},
    {"controls", "v=DKIM1; n=\x1b[2J; p=" RSA_2048, WB_DKIM_IS_SYNTAX},
    {"no base64", "v=DKIM1; p=!!!!", WB_DKIM_IS_BAD_KEY},
    {"base64 of something else", "v=DKIM1; p=aGVsbG8gd29ybGQ=", WB_DKIM_IS_BAD_KEY},
    {"a key cut short", "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC", WB_DKIM_IS_BAD_KEY},
    {"Ed25519 of a wrong length", "k=ed25519; p=AAAA", WB_DKIM_IS_BAD_KEY},
    {"an unknown type", "k=lattice; p=AAAA", WB_DKIM_IS_TYPE},
};

static struct wb_arena arena;

static void reads(void **state)
{
    const struct row *row = *state;
    struct wb_dkim found = {0};
    struct wb_slice record = unit_exact(wb_slice_str(row->record));
    wb_arena_reset(&arena);
    wb_dkim_read(&arena, record, &found);
    assert_slice(wb_dkim_problem_name(found.problem), wb_dkim_problem_name(row->problem));
    assert_int_equal(found.bits, row->bits);
    assert_int_equal(found.testing, row->testing);
    free((char *)record.p);
}

static const struct asked {
    const char *name, *table;
    enum wb_dkim_problem problem;
} asked[] = {
    {"there", "s1._domainkey.example.org TXT k=ed25519; p=" ED25519, WB_DKIM_IS_OK},
    {"behind an alias",
     "s1._domainkey.example.org CNAME k.example.net\n"
     "k.example.net TXT k=ed25519; p=" ED25519,
     WB_DKIM_IS_OK},
    {"not there", "example.org TXT hello", WB_DKIM_IS_NO_RECORD},
    {"no answer", "s1._domainkey.example.org TXT !timeout", WB_DKIM_IS_DNS},
    {"two",
     "s1._domainkey.example.org TXT p=\ns1._domainkey.example.org TXT p=", WB_DKIM_IS_TWO_RECORDS},
};

static void asks(void **state)
{
    const struct asked *row = *state;
    struct wb_dkim found;
    wb_arena_reset(&arena);
    wb_dkim_check(wb_dns_open_table(wb_slice_str(row->table), &arena), &arena, WB_S("example.org"),
                  WB_S("s1"), 0, &found);
    assert_slice(wb_dkim_problem_name(found.problem), wb_dkim_problem_name(row->problem));
}

int main(void)
{
    wb_limit_set limits = 0;
    if (!wb_arena_open(&arena, 256 << 10, &limits))
        return 1;
    UNIT_ROWS(reads, rows);
    UNIT_ROWS(asks, asked);
    int failed = unit_run();
    wb_arena_close(&arena);
    return failed;
}
