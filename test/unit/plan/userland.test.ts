/** What a userland with few programs cannot do is refused in the plan, all at once, with place, value and way out. */
import { describe, expect, it } from 'vitest';
import { parseComponent } from '../../../src/catalog/catalog.ts';
import { minimal, plan, problems, shipped } from './planning.ts';

const small = { ...minimal, init: 'busybox', userland: { base: 'busybox' } };
const sha512 = '$6$salt$hash';

const assembled = (value: object) => plan(value).stages.find(({ name }) => name === 'assemble')?.params;

describe('an init system', () => {
  it.each([
    ['systemd', 'busybox'],
    ['openrc', 'busybox'],
    ['busybox', 'debian'],
  ])('%s is refused on a userland that does not have it (%s)', (init, base) => {
    const details = problems({ ...minimal, init, userland: { base } });
    expect(details).toEqual([
      {
        pointer: '/init',
        message: `init/${init} does not go with userland/${base}, which does not have its programs`,
        value: JSON.stringify(init),
        hint:
          init === 'busybox'
            ? 'Choose another init (openrc, systemd), or another userland.base (busybox).'
            : 'Choose another init (busybox), or another userland.base (debian).',
      },
    ]);
  });

  it('of ones own counts by the part that it uses', () => {
    const own = { kind: 'init', name: 'mine', title: 'Mine', summary: 'For a test.', use: 'openrc' };
    const details = problems({ ...small, init: 'mine' }, shipped.with([parseComponent(own)]));
    expect(details).toMatchObject([{ pointer: '/init', value: '"mine"' }]);
  });
});

describe('a userland of few programs', () => {
  it('refuses all that it cannot do at once', () => {
    const details = problems({
      ...small,
      security: 'apparmor',
      userland: { base: 'busybox', packages: ['dropbear', 'nginx', 'vim-'] },
      system: {
        locale: 'de_DE.UTF-8',
        timezone: 'Europe/Berlin',
        sharedFiles: ['/etc/x'],
        users: [
          { name: 'ops', sudo: true, shell: '/bin/bash', passwordHash: '$y$j9T$salt$hash', groups: ['adm', 'vidio'] },
          { name: 'own', shell: '/opt/shell', passwordHash: sha512 },
        ],
        files: [{ path: '/opt/shell', content: '#!/bin/sh\n', mode: '0755' }],
        services: { enable: ['ssh', 'dropbear'], disable: ['network'] },
      },
    });
    const orDebian = 'Or choose another userland.base (debian).';
    expect(details).toMatchObject([
      {
        pointer: '/security',
        value: '"apparmor"',
        hint: 'Leave security/apparmor out, or choose another userland.base (debian).',
      },
      {
        pointer: '/userland/packages/1',
        value: '"nginx"',
        hint: `It takes dropbear; a script can be given under /system/files. ${orDebian}`,
      },
      { pointer: '/system/locale', value: '"de_DE.UTF-8"', hint: `Use C.UTF-8. ${orDebian}` },
      { pointer: '/system/timezone', value: '"Europe/Berlin"', hint: `Use Etc/UTC. ${orDebian}` },
      { pointer: '/system/sharedFiles/0', value: '"/etc/x"' },
      { pointer: '/system/users/0/sudo', value: 'true' },
      { pointer: '/system/users/0/shell', value: '"/bin/bash"', message: 'userland/busybox has no shell /bin/bash' },
      { pointer: '/system/users/0/passwordHash', value: '"$y$..."', hint: expect.stringContaining('$6$') },
      { pointer: '/system/users/0/groups/1', value: '"vidio"', hint: `Did you mean video? ${orDebian}` },
      {
        pointer: '/system/services/enable/0',
        value: '"ssh"',
        hint: expect.stringContaining('There are boot-check, dropbear, network, syslogd;'),
      },
    ]);
    expect(JSON.stringify(details)).not.toContain('j9T');
  });

  it('names the package that brings a service', () => {
    expect(problems({ ...small, system: { services: { enable: ['dropbear'] } } })).toMatchObject([
      { pointer: '/system/services/enable/0', hint: 'Add dropbear to userland.packages.' },
    ]);
  });

  it('has its own shell, and does without what its own programs do', () => {
    const params = { ...small, security: 'hardening', system: { users: [{ name: 'ops', passwordHash: sha512 }] } };
    expect(assembled(params)).toMatchObject({
      userland: { use: 'busybox' },
      init: { use: 'busybox' },
      users: [{ name: 'ops', shell: '/bin/sh' }],
      services: { enable: ['syslogd', 'network', 'boot-check'], disable: [] },
    });
    const { packages, recommended } = plan(params).composition;
    expect(packages.map(({ name }) => name)).toEqual(['busybox-static', 'udhcpc']);
    expect(recommended).toEqual([]);
  });

  it('takes a service that is given as a file', () => {
    const files = [{ path: '/etc/init.d/web', content: '#!/bin/sh\nhttpd\n', mode: '0755' }];
    const params = assembled({ ...small, system: { files, services: { enable: ['web'] } } });
    expect(params).toMatchObject({ services: { enable: ['syslogd', 'network', 'boot-check', 'web'] } });
  });

  it('leaves the default shell of others as it was', () => {
    expect(assembled({ ...minimal, system: { users: [{ name: 'ops' }] } })).toMatchObject({
      users: [{ shell: '/bin/bash' }],
    });
  });
});
