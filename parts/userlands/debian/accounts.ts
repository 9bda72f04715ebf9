/** Accounts, made with the root's own tools. */
import type { AccountTools } from '../userland.ts';

export const accounts: AccountTools = {
  async add(root, { name, shell, groups }, { id, ownGroup }) {
    const primary = ownGroup ? ['--user-group'] : ['--no-user-group', '--gid', 'users'];
    const more = groups.length > 0 ? ['--groups', groups.join(',')] : [];
    const rest = ['--shell', shell, '--create-home', '--no-log-init', name];
    await root.run('useradd', ['--uid', String(id), ...primary, ...more, ...rest]);
  },

  async changeRoot(root, { shell, groups }) {
    const more = groups.length > 0 ? ['--append', '--groups', groups.join(',')] : [];
    await root.run('usermod', ['--shell', shell, ...more, 'root']);
  },

  /** On stdin: a command line could be seen, and its length is bounded. */
  async setPasswords(root, passwords) {
    const lines = [...passwords].map(([name, hash]) => `${name}:${hash}\n`);
    await root.run('chpasswd', ['--encrypted'], { stdin: lines.join('') });
  },
};
