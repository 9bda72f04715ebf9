/** SPDX 2.3, annex D.2: licences that are on none of its lists have names of ours, which begin like this; Debian's own name follows. */
export const licenseRefPrefix = 'LicenseRef-debian-';
