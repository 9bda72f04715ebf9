/** The editor: what is wrong is said as one types, in words that help, and secrets stay in the browser. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from './browser.ts';

test('options of the newest kernel are searched where no version is given', async ({ visit }) => {
  const page = await visit('/distributions/new?step=kernel');
  await page.getByRole('combobox', { name: 'New option' }).pressSequentially('e1000');
  await page.getByRole('option', { name: /CONFIG_E1000/ }).waitFor();
  expect(await page.getByText('No suggestions').count()).toBe(0);
});

test('a first search that takes its time says what it is doing', async ({ factory, visit }) => {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  factory.runtime.answer('kconfig', async (stage) => {
    await held;
    return stage.answer<'kconfig'>([{ symbol: 'CONFIG_WIREGUARD', type: 'tristate', prompt: 'WireGuard', help: null }]);
  });
  const page = await visit('/distributions/new?step=kernel');
  await page.getByRole('combobox', { name: 'New option' }).pressSequentially('wireguard');
  await page.getByText("Downloading the kernel's source and reading its options.").waitFor();
  answer();
  await page.getByRole('option', { name: /CONFIG_WIREGUARD/ }).waitFor();
  expect(await page.getByText("Downloading the kernel's source").count()).toBe(0);
});

test('a prebuilt kernel says that its options are as they are, and offers none', async ({ visit }) => {
  const page = await visit('/distributions/new?step=kernel');
  const option = page.getByRole('combobox', { name: 'New option' });
  await option.waitFor();
  expect(await option.isDisabled()).toBe(false);
  await page.getByRole('radio', { name: /as Debian builds it for clouds/ }).click();
  await page.getByText("this kernel is prebuilt; its options can't be changed.").first().waitFor();
  expect(await option.isDisabled()).toBe(true);
  expect(await page.getByRole('radio', { name: 'defconfig' }).isDisabled()).toBe(true);
});

test('the machine that an image is for is chosen, and given up again', async ({ visit }) => {
  const page = await visit('/distributions/new?step=basics');
  const clouds = page.getByRole('radio', { name: /^Clouds/ });
  const none = page.getByRole('button', { name: 'Choose no platform' });
  await clouds.click();
  await none.click();
  expect(await clouds.isChecked()).toBe(false);
  expect(await none.count()).toBe(0);
});

test('another initramfs is chosen beside the boot loader, and has a stage of its own in the build', async ({
  factory,
  visit,
}) => {
  const page = await visit('/distributions/new?step=image');
  await page.getByRole('radio', { name: /^dracut/ }).click();
  await page.getByRole('tab', { name: 'YAML' }).click();
  expect(await page.getByLabel('The definition as YAML').inputValue()).toContain('initramfs: dracut');
  const { id } = await factory.build('early', { initramfs: 'dracut' });
  await factory.ended(id);
  const build = await visit(`/builds/${id}`);
  const name = build.locator('[data-stage="initramfs"]').getByText('initramfs', { exact: true });
  await name.waitFor();
  // All of it is to be seen, though the build has one stage more than usual.
  expect(await name.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  const { stages } = await factory.client.builds.get(id);
  expect(stages.find(({ name }) => name === 'initramfs')).toMatchObject({ state: 'succeeded' });
});

test("an archive with a kernel's tree is uploaded from the form, which takes its sha256", async ({ visit }) => {
  const page = await visit('/distributions/new?step=kernel', { expected: /status of 4/ });
  await page.getByRole('radio', { name: /from an archive that you upload/ }).click();
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload a file' }).click();
  const buffer = Buffer.from('a tree');
  await (await chosen).setFiles({ name: 'linux-6.12.40.tar.xz', mimeType: 'application/x-xz', buffer });
  await page.getByText('linux-6.12.40.tar.xz (6 B) is in the source store.').waitFor();
  const sha256 = createHash('sha256').update(buffer).digest('hex');
  expect(await page.getByLabel('SHA-256').inputValue()).toBe(sha256);
});

test('names that nothing has are refused as one types, each at its field and with what was meant', async ({
  factory,
  visit,
}) => {
  const page = await visit('/distributions/new?step=system');
  await page.getByRole('combobox', { name: 'Packages' }).pressSequentially('ngnix\n');
  await page.getByText('There is no package ngnix in trixie. Did you mean nginx?').waitFor();
  await page.getByRole('combobox', { name: 'Timezone' }).fill('Mars/Olympus');
  await page.getByText('Mars/Olympus is no time zone').waitFor();
  await page.getByLabel('Locale').fill('xx_YY.UTF-8');
  await page.getByText('There is no locale xx_YY.UTF-8').waitFor();
  await page.getByRole('tab', { name: 'Image' }).click();
  await page.getByLabel('Size').fill('1M');
  await page.getByText('1M is too small for any system').waitFor();
  await page.getByText('4 problems').waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  const definition = { name: 'gw', arch: 'x86_64', userland: { packages: ['ngnix'] } };
  await expect(factory.client.distributions.validate({ definition })).rejects.toMatchObject({
    details: [{ pointer: '/definition/userland/packages/0', hint: 'Did you mean nginx?' }],
  });
});

test('what only the build can see is said, and no more than that is claimed', async ({ factory, visit }) => {
  factory.runtime.answer('packages', async (stage) =>
    stage.fail({ code: 'network.unreachable', message: 'No network.' }),
  );
  const page = await visit('/distributions/new?step=system', { expected: /status of 422/ });
  await page.getByText('No problems found', { exact: false }).waitFor();
  await page.getByRole('combobox', { name: 'Packages' }).pressSequentially('curl\n');
  await page.getByText('Not checked yet: Packages are looked up once the package index of trixie is here.').waitFor();
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('ops');
  await page.getByRole('combobox', { name: 'Groups' }).fill('sudoo\n');
  await page.getByRole('combobox', { name: 'Groups' }).blur();
  await page.getByText('Did you mean sudo?').waitFor();
  await page.getByText('No problems found · 2 checks left to the build · Unsaved').waitFor();
});

test('a password is hashed in the browser, and keys and files are taken from files', async ({ visit }) => {
  const folder = await mkdtemp(join(tmpdir(), 'ldf-editor-'));
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ops@example.org';
  await writeFile(join(folder, 'id.pub'), `${key}\n`);
  await writeFile(join(folder, 'id'), '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n');
  await writeFile(join(folder, 'motd'), 'Welcome to gw\n');
  const page = await visit('/distributions/new?step=system');
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('ops');
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('A password is set.').waitFor();
  const choose = async (button: string, file: string) => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: button }).click(),
    ]);
    await chooser.setFiles(join(folder, file));
  };
  await choose('Add from a .pub file', 'id');
  await page.getByText('This is a private key').waitFor();
  await choose('Add from a .pub file', 'id.pub');
  await page.getByText(key).waitFor();
  await page.getByRole('button', { name: 'Add file' }).click();
  await page.getByLabel('Path').fill('/etc/motd');
  await choose('Take from a file', 'motd');
  await page.getByRole('tab', { name: 'YAML' }).click();
  const yaml = await page.getByLabel('The definition as YAML').inputValue();
  expect(yaml).toMatch(/passwordHash: \$6\$rounds=50000\$/);
  expect(yaml).toContain(key);
  expect(yaml).toContain('Welcome to gw');
  await page.getByText('No problems found').waitFor();
  expect(sent.join('\n')).not.toContain('correct horse');
  await rm(folder, { recursive: true });
});

test('help in the form speaks of the form: no quotes, no commands to type', async ({ visit }) => {
  const page = await visit('/distributions/new');
  for (const step of ['Basics', 'Kernel', 'System', 'Image']) {
    await page.getByRole('tab', { name: new RegExp(step) }).click();
    for (const add of ['Add user', 'Add file'])
      if (step === 'System') await page.getByRole('button', { name: add }).click();
    const text = await page.locator('main').textContent();
    expect(text).not.toMatch(/in quotes|on the command line|mkpasswd|`/i);
  }
  await page.getByRole('tab', { name: /Basics/ }).click();
  await page.getByLabel('Version').fill('"1.0"');
  await page.getByText('Must be a version such as 1.2.').waitFor();
});
