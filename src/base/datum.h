/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A knowledge file as a table, made by the build (src/catalogc/table.c): the path of each scalar
 * and its value, in the order of the file; ends with a path that is NULL.
 */
#ifndef WB_DATUM_H
#define WB_DATUM_H

struct wb_datum {
    const char *path; /* "lists/0/zone" */
    const char *value;
};

/* The tables that the build makes. */
extern const struct wb_datum wb_data_blocklists[], wb_data_checks[], wb_data_domains[];
/* Of each cause: "ID/suppress" is never, alone or repeated; "ID/role" where it has one. */
extern const struct wb_datum wb_data_causes[];
/* knowledge/policy.yaml as it is. */
extern const char wb_data_policy[];

#endif
