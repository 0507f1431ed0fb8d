/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLSA records (RFC 6698, RFC 7671) against the certificates that a mail server showed, by the
 * rules of mail (RFC 7672): only the usages 2 (DANE-TA) and 3 (DANE-EE) count. For usage 3 neither
 * the name nor the dates of a certificate matter; for usage 2 both do. OpenSSL decides.
 */
#ifndef WB_TLSA_H
#define WB_TLSA_H

#include "smtp.h"

enum wb_tlsa_end {
    WB_TLSA_UNUSABLE, /* no record that could be used: mail only has to be encrypted */
    WB_TLSA_MISMATCH,
    WB_TLSA_MATCH,
    WB_TLSA_FAILED, /* no certificate that could be read, or no memory */
};

/*
 * The records as on the wire; a certificate under usage 2 may be made for the host or for the
 * domain that the mail goes to. The reason of a mismatch lives for ever.
 */
enum wb_tlsa_end wb_tlsa_check(const struct wb_slice *records, size_t n,
                               const struct wb_talk_chain *chain, const char *host,
                               const char *domain, struct wb_slice *reason_out);

#endif
