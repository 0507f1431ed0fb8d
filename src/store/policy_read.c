/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a policy. What it may not say is refused with file, line and reason. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "datum.h"
#include "decide.h"
#include "policy_int.h"
#include "yaml.h"

enum { LONGEST = 3650 /* days */, MOST = 64, LARGEST_FILE = 1 << 20 };

/* A whole number in bounds under a key. */
static int bounded(struct wb_yaml *yaml, struct fy_node *map, const char *key, int least, int most,
                   int otherwise)
{
    long long n = wb_yaml_number(yaml, map, key, otherwise);
    if (n >= least && n <= most)
        return (int)n;
    wb_yaml_error(yaml, wb_yaml_get(map, key), "'%s' is a whole number from %d to %d", key, least,
                  most);
    return otherwise;
}

static bool is_taken(const struct wb_policy *policy, struct wb_slice cause)
{
    for (size_t i = 0; i < policy->n; i++)
        for (size_t j = 0; j < policy->rules[i].n; j++)
            if (wb_slice_eq(policy->rules[i].causes[j], cause))
                return true;
    return false;
}

static void read_causes(struct wb_yaml *yaml, struct fy_node *list, struct wb_policy *policy,
                        struct wb_policy_rule *rule)
{
    void *place = NULL;
    struct fy_node *node;
    while ((node = wb_yaml_next(list, &place))) {
        struct wb_slice name = wb_yaml_text(yaml, node);
        struct wb_slice cause = wb_cause_that_counts(name);
        if (!cause.n)
            wb_yaml_error(yaml, node,
                          "'%.*s' may not speak against an address: not a cause that "
                          "ever suppresses",
                          WB_F(name));
        else if (is_taken(policy, cause))
            wb_yaml_error(yaml, node, "there is a rule for '%.*s' already", WB_F(name));
        else if (rule->n == WB_POLICY_CAUSES)
            wb_yaml_error(yaml, node, "at most %d causes in a rule", WB_POLICY_CAUSES);
        else
            rule->causes[rule->n++] = cause;
    }
}

static void read_what(struct wb_yaml *yaml, struct fy_node *node, struct wb_policy_rule *rule)
{
    struct wb_slice what = wb_yaml_need(yaml, node, "then");
    rule->suppress = wb_slice_eq(what, WB_S("suppress"));
    if (rule->suppress) {
        if (wb_yaml_get(node, "pause") || wb_yaml_get(node, "pauses"))
            wb_yaml_error(yaml, node, "'pause' and 'pauses' belong to 'then: pause'");
        return;
    }
    if (!wb_slice_eq(what, WB_S("pause")))
        wb_yaml_error(yaml, wb_yaml_get(node, "then") ? wb_yaml_get(node, "then") : node,
                      "'then' is suppress or pause");
    wb_yaml_need(yaml, node, "pause");
    rule->pause = bounded(yaml, node, "pause", 1, LONGEST, 7);
    rule->pauses = bounded(yaml, node, "pauses", 0, MOST, 0);
    rule->pauses_within = bounded(yaml, node, "pauses-within", 1, LONGEST, 180);
}

static void read_rule(struct wb_yaml *yaml, struct fy_node *node, struct wb_policy *policy)
{
    static const char *const keys[] = {"causes", "complaints", "strikes",       "within", "then",
                                       "pause",  "pauses",     "pauses-within", NULL};
    struct wb_policy_rule rule = {0};
    struct fy_node *causes = wb_yaml_get(node, "causes");
    if (!wb_yaml_is_map(node) || policy->n == WB_POLICY_RULES) {
        wb_yaml_error(yaml, node, "rules are at most %d mappings", WB_POLICY_RULES);
        return;
    }
    wb_yaml_allow(yaml, node, keys);
    rule.complaints = wb_yaml_get(node, "complaints") && wb_yaml_true(yaml, node, "complaints");
    if (rule.complaints == (causes != NULL))
        wb_yaml_error(yaml, node, "a rule is of causes or of complaints");
    read_causes(yaml, causes, policy, &rule);
    wb_yaml_need(yaml, node, "strikes");
    rule.strikes = bounded(yaml, node, "strikes", 1, MOST, 1);
    wb_yaml_need(yaml, node, "within");
    rule.within = bounded(yaml, node, "within", 1, LONGEST, 1);
    if (rule.strikes > rule.within)
        wb_yaml_error(yaml, node, "%d strikes need as many days: an address gets one a day",
                      rule.strikes);
    read_what(yaml, node, &rule);
    policy->rules[policy->n++] = rule;
}

static void read_root(struct wb_yaml *yaml, struct fy_node *root, struct wb_policy *policy)
{
    static const char *const keys[] = {"unproven-counts", "expires", "probation", "rules", NULL};
    void *place = NULL;
    struct fy_node *node, *rules = wb_yaml_must(yaml, root, "rules");
    wb_yaml_allow(yaml, root, keys);
    policy->unproven_counts =
        wb_yaml_get(root, "unproven-counts") && wb_yaml_true(yaml, root, "unproven-counts");
    policy->expires = bounded(yaml, root, "expires", 0, LONGEST, 365);
    policy->probation = bounded(yaml, root, "probation", 0, LONGEST, 90);
    if (rules && !wb_yaml_is_list(rules))
        wb_yaml_error(yaml, rules, "'rules' is a list");
    else
        while ((node = wb_yaml_next(rules, &place)))
            read_rule(yaml, node, policy);
}

/* The first complaint is one sentence with file and line; the mark under it is for a terminal. */
static bool first_complaint(const struct wb_yaml *yaml, struct wb_status *status)
{
    struct wb_slice log = wb_buf_slice(&yaml->log);
    size_t end = wb_slice_find(log, WB_S("\n"));
    return wb_trouble(status, "%.*s", (int)(end < log.n ? end : log.n), log.p);
}

struct wb_policy *wb_policy_parse(struct wb_slice text, const char *name, struct wb_status *status)
{
    struct wb_yaml yaml = {0};
    struct fy_node *root = wb_yaml_parse(&yaml, text, name);
    struct wb_policy *policy = calloc(1, sizeof *policy);
    WB_CHECK(policy != NULL);
    wb_buf_put(&policy->text, text);
    if (root)
        read_root(&yaml, root, policy);
    if (yaml.errors) {
        first_complaint(&yaml, status);
        wb_policy_free(policy);
        policy = NULL;
    }
    wb_yaml_close(&yaml);
    return policy;
}

static bool read_file(const char *path, struct wb_buf *out, struct wb_status *status)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return wb_trouble(status, "%s: %m", path);
    wb_buf_reserve(out, LARGEST_FILE);
    out->n = fread(out->p, 1, LARGEST_FILE, file);
    bool ok = !ferror(file) && out->n < LARGEST_FILE;
    fclose(file);
    return ok || wb_trouble(status, "%s: it cannot be read, or is larger than a policy", path);
}

struct wb_policy *wb_policy_open(const char *path, struct wb_status *status)
{
    struct wb_buf text = {0};
    struct wb_policy *policy = NULL;
    if (!path)
        return wb_policy_parse(wb_slice_str(wb_data_policy), "policy.yaml", status);
    if (read_file(path, &text, status))
        policy = wb_policy_parse(wb_buf_slice(&text), path, status);
    wb_buf_free(&text);
    return policy;
}

void wb_policy_free(struct wb_policy *policy)
{
    if (!policy)
        return;
    wb_buf_free(&policy->text);
    free(policy);
}

struct wb_slice wb_policy_text(const struct wb_policy *policy)
{
    return wb_buf_slice(&policy->text);
}
