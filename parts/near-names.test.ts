import { describe, expect, test } from 'vitest';
import { nearNames } from './near-names.ts';

describe('near names', () => {
  test('what continues the word comes first, then what is a typing error away', () => {
    const names = ['openssh-tests', 'openssh-server', 'openss', 'libreoffice', 'openssl'];
    expect(nearNames('openssh', names)).toEqual(['openssh-tests', 'openssh-server', 'openss', 'openssl']);
  });

  test('nothing is near to a long word that is only half alike', () => {
    expect(nearNames('postgresql-client', ['postgis-client', 'mariadb-client'])).toEqual([]);
  });
});
