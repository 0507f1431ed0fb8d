// SPDX-License-Identifier: BSD-2-Clause
// What a person hands in: a file, or a text. Says what it is before it goes to the server.
import * as format from './format.js';
import {t} from './words.js';

const PACKED = [[0x50, 0x4b, 3, 4], [0x1f, 0x8b], [0xfd, 0x37, 0x7a, 0x58], [0x28, 0xb5, 0x2f, 0xfd], [0x52, 0x61, 0x72, 0x21],
                [0x37, 0x7a, 0xbc, 0xaf], [0x42, 0x5a, 0x68]];
const OUTLOOK = [0xd0, 0xcf, 0x11, 0xe0];
const BINARY = [[0x25, 0x50, 0x44, 0x46], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x47, 0x49, 0x46, 0x38], [0x7f, 0x45, 0x4c, 0x46]];
const LOOK = 8192; // bytes in which a NUL means that this is no text

const starts = (bytes, with_) => with_.every((b, i) => bytes[i] === b);

// A text that a Windows program saved as "Unicode".
function wide(bytes) {
    if (bytes[0] === 0xff && bytes[1] === 0xfe)
        return 'utf-16le';
    return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

export class Unreadable extends Error {}

// The bytes of a mail; throws Unreadable with a sentence for the person.
export async function mailOf(file, limit) {
    const name = file.name || '?';
    if (!file.size)
        throw new Unreadable(t('input.empty-file', {name}));
    if (file.size > limit)
        throw new Unreadable(t('input.large', {name, size: format.size(file.size), limit: format.size(limit)}));
    let buffer;
    try {
        buffer = await file.arrayBuffer();
    } catch {
        throw new Unreadable(t('input.unreadable', {name}));
    }
    const bytes = new Uint8Array(buffer);
    if (starts(bytes, OUTLOOK))
        return buffer;
    if (PACKED.some((p) => starts(bytes, p)))
        throw new Unreadable(t('input.packed', {name}));
    const charset = wide(bytes);
    if (charset)
        return new TextDecoder(charset).decode(bytes);
    if (BINARY.some((p) => starts(bytes, p)) || bytes.subarray(0, LOOK).includes(0))
        throw new Unreadable(t('input.binary', {name}));
    return buffer;
}

// An answer of a server or what a mail program showed of it, not a whole mail.
export function isReply(text) {
    const lines = text.trim().split('\n');
    return lines.length === 1 || (lines.length <= 12 && lines.every((l) => /^\s*(?:[245]\d\d[ -]|$)/.test(l)));
}
