// SPDX-License-Identifier: BSD-2-Clause
// Why did this mail come back?  node explain.js bounce.eml ...
// One process answers any number of mails: doc/stream.md
'use strict';
const { spawn } = require('child_process');
const { readFileSync } = require('fs');
const { createInterface } = require('readline');

const whybounce = spawn('whybounce',
  ['parse', '--stream', '--format', 'words', '--lang', 'en'], // or zh
  { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: whybounce.stdout })[Symbol.asyncIterator]();

async function explain(mail) {
  whybounce.stdin.write(`${mail.length}\n`);
  whybounce.stdin.write(mail);
  const { value, done } = await answers.next(); // one answer for each mail
  if (done) throw new Error('whybounce has ended');
  return JSON.parse(value);
}

async function main() {
  for (const file of process.argv.slice(2)) {
    for (const report of await explain(readFileSync(file))) {
      console.log('recipient:', report.recipient);
      console.log('cause:', report.cause);
      console.log('what to do:');
      for (const step of report.words.steps) console.log('  ' + step);
    }
  }
  whybounce.stdin.end();
}

main();
