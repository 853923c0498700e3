import { beforeAll, describe, expect, test } from 'vitest';
import { vouchedKey } from '../../../../functions/signatures/parts/certificate-chain.ts';
import { type Issued, issue } from '../support/certificates.ts';

const ms = 1_800_000_000_000;
const dayMs = 24 * 60 * 60 * 1000;
const name = 'certs.example.test';

let root: Issued;
beforeAll(async () => {
  root = await issue({ subject: 'Root', ca: true, ms });
});

describe('the key of a certificate', () => {
  test('counts as long as all of its chain does', async () => {
    const middle = await issue({ subject: 'Middle', ca: true, issuer: root, ms: ms + dayMs / 2 });
    const leaf = await issue({ subject: name, names: [name], issuer: middle, ms });

    const vouched = vouchedKey(leaf.pem + middle.pem, [root.pem], isName, ms);

    expect([vouched?.fromMs, vouched?.untilMs]).toEqual([ms - dayMs / 2, ms + dayMs]);
  });

  test.each([
    { title: 'itself', leafMs: ms - 2 * dayMs, middleMs: ms, rootMs: ms },
    { title: 'what stands between', leafMs: ms, middleMs: ms - 2 * dayMs, rootMs: ms },
    { title: 'the authority', leafMs: ms, middleMs: ms, rootMs: ms - 2 * dayMs },
  ])('does not count after the end of $title', async ({ leafMs, middleMs, rootMs }) => {
    const authority = await issue({ subject: 'Root', ca: true, ms: rootMs });
    const middle = await issue({ subject: 'Middle', ca: true, issuer: authority, ms: middleMs });
    const leaf = await issue({ subject: name, names: [name], issuer: middle, ms: leafMs });

    const vouched = vouchedKey(leaf.pem + middle.pem, [authority.pem], isName, ms);

    expect(vouched).toBeUndefined();
  });

  test('counts in whatever order the others come, and beside ones that are broken', async () => {
    const middle = await issue({ subject: 'Middle', ca: true, issuer: root, ms });
    const lower = await issue({ subject: 'Lower', ca: true, issuer: middle, ms });
    const leaf = await issue({ subject: name, names: [name], issuer: lower, ms });
    const broken = root.pem.replace(/\nM/, '\n#');

    const vouched = vouchedKey(leaf.pem + broken + middle.pem + lower.pem, [broken, root.pem], isName, ms);

    expect(vouched).toBeDefined();
  });

  test('is not looked for in ever longer chains, or in circles', async () => {
    const chain = [root];
    for (let length = 0; length < 8; length += 1) {
      chain.push(await issue({ subject: `CA ${length}`, ca: true, issuer: chain.at(-1)!, names: [name], ms }));
    }
    const self = await issue({ subject: 'Self', ca: true, names: [name], ms });
    const pem = chain
      .slice(1)
      .toReversed()
      .map((each) => each.pem)
      .join('');

    const verdicts = [vouchedKey(pem, [root.pem], isName, ms), vouchedKey(self.pem + self.pem, [root.pem], isName, ms)];

    expect(verdicts).toEqual([undefined, undefined]);
  });
});

const isName = (dnsName: string) => dnsName === name;
