import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { pages } from '../../../ops/console/pages.ts';
import { openBrowser, openConsole, openPage, type OpenConsole } from '../../support/console.ts';
import { fillScene } from './full-scene.ts';

interface Finding {
  id: string;
  impact: 'minor' | 'moderate' | 'serious' | 'critical';
  nodes: { html: string; failureSummary: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('every page of the console', function () {
  this.timeout(180_000);
  let open: OpenConsole;
  let browser: Browser | null;
  let email: string;
  let scene: Record<string, string[]>;

  before(async function () {
    browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    open = await openConsole();
    const admin = await open.signIn('admin');
    email = admin.email;
    scene = await fillScene(open, admin);
  });
  after(async () => {
    await browser?.close();
    await open?.stop();
  });

  const everyAddress = () => Object.values(scene).flat();

  /** @param rules axe's own, where not all are asked for. */
  async function findings(page: Page, rules?: readonly string[]): Promise<string[]> {
    await page.evaluate(axe);
    const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
    const { violations } = await page.evaluate<{ violations: Finding[] }>(`axe.run(${options})`);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  }

  it('is looked at here', () => {
    assert.deepEqual(Object.keys(scene).toSorted(), pages.map(({ path }) => path).toSorted());
  });

  for (const [colorScheme, rules] of [
    ['light', undefined],
    ['dark', ['color-contrast']],
  ] as const)
    it(`has nothing that keeps anybody out, in ${colorScheme} colours`, async () => {
      const page = await openPage(browser!, open.url, email, { colorScheme, bypassCSP: true });
      const found: Record<string, string[]> = {};
      for (const address of everyAddress()) {
        const reply = await page.goto(open.url + address);
        assert.equal(reply?.status(), 200, address);
        const here = await findings(page, rules);
        if (here.length > 0) found[address] = here;
      }
      assert.deepEqual(found, {});
      await page.context().close();
    });

  it('fits a phone: only tables scroll sideways, in their place', async () => {
    const viewport = { width: 390, height: 844 };
    const page = await openPage(browser!, open.url, email, {
      viewport,
      isMobile: true,
      hasTouch: true,
      bypassCSP: true,
    });
    const wide: Record<string, unknown> = {};
    for (const address of everyAddress()) {
      await page.goto(open.url + address);
      const [width, found] = await page.evaluate<[number, string[]]>(
        `[document.documentElement.scrollWidth, [...document.querySelectorAll('main *')]
          .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.wide, pre'))
          .map(one => one.outerHTML.slice(0, 120))]`,
      );
      const here = await findings(page, ['scrollable-region-focusable', 'target-size']);
      if (width > viewport.width || here.length > 0) wide[address] = { width, found: found.slice(0, 5), here };
    }
    assert.deepEqual(wide, {});
    await page.context().close();
  });

  it('asks for nothing that its policy forbids, and no script of it fails', async () => {
    const page = await openPage(browser!, open.url, email);
    const said: string[] = [];
    page.on('console', message => message.type() === 'error' && said.push(`${page.url()}: ${message.text()}`));
    page.on('pageerror', error => said.push(`${page.url()}: ${error.message}`));
    for (const address of everyAddress()) await page.goto(open.url + address);
    assert.deepEqual(said, []);
    await page.context().close();
  });

  it('says of itself where one is: its own title, one heading of the first rank, its section', async () => {
    const page = await openPage(browser!, open.url, email);
    const titles = new Set<string>();
    for (const address of everyAddress()) {
      await page.goto(open.url + address);
      titles.add(await page.title());
      assert.equal(await page.locator('h1').count(), 1, address);
      if (!/^\/(account|alerts|bulk|redrive)/.test(address))
        assert.equal(await page.locator('nav [aria-current]').count(), 1, address);
    }
    assert.ok(titles.size >= pages.length, [...titles].join('\n'));
    await page.context().close();
  });
});
