/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of the image that decide: causes and the entries that lead to them.
 */
#ifndef WB_RULES_H
#define WB_RULES_H

#include "image.h"

/* Roles that the engine has to find whatever their names are. */
enum wb_cause_role {
    WB_CAUSE_PLAIN,
    WB_CAUSE_UNKNOWN, /* nothing is known */
};

/* May a report of this cause speak against the address? The suppression invariant is made here. */
enum wb_suppress {
    WB_SUPPRESS_NEVER,
    WB_SUPPRESS_ALONE,    /* one clear report is enough */
    WB_SUPPRESS_REPEATED, /* only when seen on several days */
};

struct wb_cause {
    wb_str id;
    wb_str title[WB_LANGUAGES];
    uint32_t first_line, lines;
    uint32_t first_keyword, keywords;
    uint32_t first_class, classes; /* its names in all schemes */
    uint8_t section;               /* of the help page, 0: none */
    uint8_t permanence;
    uint8_t follows_code; /* the reply's class, when known, is the permanence */
    uint8_t fault;
    uint8_t responsible;
    uint8_t recommendation;
    uint8_t suppress;
    uint8_t role;
    uint8_t rank; /* 0: gives way to any other cause in the same text; 1: usual */
    /* the same where the mail had been passed on before it failed; 0: no other */
    uint8_t forwarded_fault, forwarded_responsible;
    uint8_t about_another; /* the words are of another server than the one that says them */
    uint16_t parent;       /* WB_NO_INDEX: none */
    uint8_t own_fault, own_responsible; /* the same where the sender's own server refused */
};

/* A program that has its own names for causes. */
struct wb_scheme {
    wb_str id; /* "acme" */
    wb_str name;
    wb_str hard;      /* classes that it calls hard, one a line; may be empty */
    wb_str otherwise; /* the class of causes that have none; 0: each must have one */
};

struct wb_keyword {
    wb_str text; /* folded */
    wb_str shown;
};

/* How much an entry is to be believed; higher wins. */
enum wb_tier {
    WB_TIER_FACT,       /* no cause, only facts */
    WB_TIER_HINT,       /* says that something was refused, hardly why */
    WB_TIER_GENERAL,    /* a phrase so general that a telling status code beats it */
    WB_TIER_PHRASE,     /* a phrase of the catalogue */
    WB_TIER_DOCUMENTED, /* a provider's documented code or text */
};

enum wb_fact {
    WB_FACT_NONE,
    WB_FACT_SIZE_LIMIT,
    WB_FACT_MESSAGE_SIZE,
    WB_FACT_RECIPIENT_LIMIT,
    WB_FACT_RETRY_AFTER,
    WB_FACT_BLOCKLIST,
    WB_FACT_CLIENT_IP,
    WB_FACT_PROVIDER_CODE,
    WB_FACT_OWN_SERVER, /* the sender's own server or mail program is speaking */
    WB_FACT_REVERSIBLE, /* what was closed is only barred and may be opened again */
    WB_FACT_DOUBT,      /* what stands in these words is not said to be so */
    WB_FACT_COUNT
};

enum wb_entry_flag {
    WB_ENTRY_ONLY_HERE = 1,  /* needs the provider recognised by host or domain */
    WB_ENTRY_ONLY_CODED = 2, /* only in words that follow a reply code */
    WB_ENTRY_QUOTING = 4,    /* says what the reply nested in its own is about */
    WB_ENTRY_WRAPPING = 8,   /* says nothing where a reply is quoted behind it */
};

struct wb_entry {
    /* causes it beats whatever their specificity; of a pure fact, causes it matters for */
    uint64_t over;
    wb_str rule; /* "mailbox-full/is-full" */
    wb_str pattern;
    wb_str detail;
    wb_str page;
    wb_str code;    /* the provider's code that this entry stands for */
    uint32_t regex; /* slot of the compiled expression */
    uint32_t first_line, lines;
    uint16_t cause; /* WB_NO_INDEX: facts only */
    uint16_t provider;
    uint16_t blocklist;
    uint16_t specificity;
    uint16_t stages; /* bit of enum wb_stage; 0: any */
    uint8_t classes; /* bit 4, bit 5 of the reply class; 0: any */
    uint8_t tier;
    uint8_t flags;
    uint8_t fact;
    uint8_t permanence, fault, responsible, recommendation; /* 0: the cause's */
    uint8_t alternatives;
    uint8_t certain; /* confidence is "certain" */
    uint8_t unsure;  /* recalled only: confidence at most "weak" */
    uint8_t layer;   /* 0: built in; higher: the administrator's own */
    uint16_t alternative[WB_MAX_ALTERNATIVES];
    uint16_t weight[WB_MAX_ALTERNATIVES]; /* per cent */
    struct wb_code status;                /* class 0: any class; subject 0xFFFF: any code */
    uint16_t pad2;
};

#endif
