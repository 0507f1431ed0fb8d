<?php
// SPDX-License-Identifier: BSD-2-Clause
// Why did this mail come back?  php explain.php bounce.eml ...
// One process answers any number of mails: doc/stream.md

$command = ['whybounce', 'parse', '--stream', '--format', 'words', '--lang', 'en']; // or zh
$process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $pipes);
if (!$process) {
    exit(1);
}
[$in, $out] = $pipes;

foreach (array_slice($argv, 1) as $file) {
    $mail = file_get_contents($file);
    fwrite($in, strlen($mail) . "\n" . $mail);
    fflush($in);
    $line = fgets($out); // one answer for each mail
    if ($line === false) {
        break;
    }
    foreach (json_decode($line) as $report) {
        echo 'recipient: ', $report->recipient, "\n";
        echo 'cause: ', $report->cause, "\n";
        echo "what to do:\n";
        foreach ($report->words->steps as $step) {
            echo '  ', $step, "\n";
        }
    }
}
fclose($in);
exit(proc_close($process));
