/* SPDX-License-Identifier: BSD-2-Clause */
/* Examples are tests: each runs through the whole analysis, with all other entries competing. */
#include "catalogc.h"

#include "whybounce.h"

#include "analyse.h"
#include "check.h"

static struct wb_slice rule_of(const struct wb_analysis *analysis)
{
    return analysis->reports[0].verdict.rule;
}

static bool run_reply(struct wb_model *model, struct wb_session *session,
                      const struct wb_example *example)
{
    const struct wb_analysis *a =
        wb_analyse_reply(session, example->text.p, example->text.n);
    struct wb_slice rule = rule_of(a), mine = wb_model_text(model, example->rule);
    bool won = wb_slice_eq(rule, mine);
    if (!won && example->use == WB_EXAMPLE_REPLY) /* another entry of the same cause may win */
        won = a->reports[0].verdict.confidence >= WB_CONFIDENCE_FAIR &&
              a->reports[0].verdict.cause == example->cause;
    if (won == (example->use == WB_EXAMPLE_REPLY))
        return true;
    if (example->use == WB_EXAMPLE_REPLY)
        wb_yaml_error(&model->yaml, example->node, "%.*s does not win its example: %.*s does",
                      WB_F(mine), WB_F(rule.n ? rule : WB_S("no rule")));
    else
        wb_yaml_error(&model->yaml, example->node, "%.*s wins what it must not", WB_F(mine));
    return false;
}

struct wb_knowledge_tally wb_knowledge_test(struct wb_model *model,
                                            const struct wb_catalogue *catalogue)
{
    struct wb_knowledge_tally tally = {0};
    struct wb_session *session = wb_session_new(catalogue);
    WB_CHECK(session);
    for (uint32_t i = 0; i < model->examples.n; i++) {
        const struct wb_example *example = WB_ROW(model->examples, struct wb_example, i);
        if (example->use == WB_EXAMPLE_REPORT)
            continue;
        if (run_reply(model, session, example))
            tally.passed++;
        else
            tally.failed++;
    }
    wb_session_free(session);
    return tally;
}
