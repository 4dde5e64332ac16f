// Every case of spec/vectors ends as it says, with the code, the line and the
// section it names.

import test from 'node:test';
import assert from 'node:assert/strict';
import { readRootFile, verify, VerifyError } from '../verify.mjs';
import { vectors } from './vectors.mjs';

const cases = vectors();

test('there are the vectors that the specification promises', () => {
  assert.ok(cases.length >= 200, `${cases.length} vectors`);
});

for (const { name, headers, body, trust } of cases) {
  test(`${name}: ${headers.comment}`, async () => {
    const decided = headers.kind === 'root' ? (async () => readRootFile(body))() : verify(body, trust);
    const error = await decided.then(() => null, (e) => e);
    if (headers.expect === 'ok') {
      assert.equal(error, null);
      return;
    }
    assert.ok(error instanceof VerifyError, `expected ${headers.expect}, got ${error}`);
    assert.equal(error.code, headers.expect, error.message);
    if (headers.line) assert.equal(error.line, Number(headers.line), error.message);
  });
}
