/** Locales of glibc: which there are for certain, and which cannot be. */
import { nearest } from './nearest.ts';

/** Those with UTF-8 that glibc 2.36 lists in localedata/SUPPORTED: a language, and its territories with their modifiers. */
const listed = `
  aa_DJ,ER,ER@saaho,ET af_ZA agr_PE ak_GH am_ET an_ES anp_IN
  ar_AE,BH,DZ,EG,IN,IQ,JO,KW,LB,LY,MA,OM,QA,SA,SD,SS,SY,TN,YE as_IN ast_ES ayc_PE az_AZ,IR be_BY,BY@latin bem_ZM
  ber_DZ,MA bg_BG bhb_IN bho_IN,NP bi_VU bn_BD,IN bo_CN,IN br_FR brx_IN bs_BA byn_ER ca_AD,ES,ES@valencia,FR,IT ce_RU
  chr_US ckb_IQ cmn_TW crh_UA cs_CZ csb_PL cv_RU cy_GB da_DK de_AT,BE,CH,DE,IT,LI,LU doi_IN dsb_DE dv_MV dz_BT
  el_CY,GR en_AG,AU,BW,CA,DK,GB,HK,IE,IL,IN,NG,NZ,PH,SC,SG,US,ZA,ZM,ZW
  es_AR,BO,CL,CO,CR,CU,DO,EC,ES,GT,HN,MX,NI,PA,PE,PR,PY,SV,US,UY,VE et_EE eu_ES,FR fa_IR ff_SN fi_FI fil_PH fo_FO
  fr_BE,CA,CH,FR,LU fur_IT fy_DE,NL ga_IE gd_GB gez_ER,ER@abegede,ET,ET@abegede gl_ES gu_IN gv_GB ha_NG hak_TW he_IL
  hi_IN hif_FJ hne_IN hr_HR hsb_DE ht_HT hu_HU hy_AM ia_FR id_ID ig_NG ik_CA is_IS it_CH,IT iu_CA ja_JP ka_GE kab_DZ
  kk_KZ kl_GL km_KH kn_IN ko_KR kok_IN ks_IN,IN@devanagari ku_TR kw_GB ky_KG lb_LU lg_UG li_BE,NL lij_IT ln_CD lo_LA
  lt_LT lv_LV lzh_TW mag_IN mai_IN,NP mfe_MU mg_MG mhr_RU mi_NZ miq_NI mjw_IN mk_MK ml_IN mn_MN mni_IN mnw_MM mr_IN
  ms_MY mt_MT my_MM nan_TW,TW@latin nb_NO nds_DE,NL ne_NP nhn_MX niu_NU,NZ nl_AW,BE,NL nn_NO nr_ZA nso_ZA oc_FR
  om_ET,KE or_IN os_RU pa_IN,PK pap_AW,CW pl_PL ps_AF pt_BR,PT quz_PE raj_IN rif_MA ro_RO ru_RU,UA rw_RW sa_IN sah_RU
  sat_IN sc_IT sd_IN,IN@devanagari se_NO sgs_LT shn_MM shs_CA si_LK sid_ET sk_SK sl_SI sm_WS so_DJ,ET,KE,SO sq_AL,MK
  sr_ME,RS,RS@latin ss_ZA st_ZA sv_FI,SE sw_KE,TZ szl_PL ta_IN,LK tcy_IN te_IN tg_TJ th_TH the_NP ti_ER,ET tig_ER
  tk_TM tl_PH tn_ZA to_TO tpi_PG tr_CY,TR ts_ZA tt_RU,RU@iqtelif ug_CN uk_UA unm_US ur_IN,PK uz_UZ,UZ@cyrillic ve_ZA
  vi_VN wa_BE wae_CH wal_ET wo_SN xh_ZA yi_US yo_NG yue_HK yuw_PG zh_CN,HK,SG,TW zu_ZA
`;

const locales: ReadonlySet<string> = new Set(
  listed
    .trim()
    .split(/\s+/)
    .flatMap((entry) => {
      const [language = '', territories = ''] = entry.split('_');
      return territories.split(',').map((territory) => `${language}_${territory}`);
    }),
);
/** Of languages in later releases of glibc, too, that Unicode has no name for. */
const languages: ReadonlySet<string> = new Set([
  ...[...locales].map((locale) => locale.split('_')[0] ?? ''),
  ...['gbm', 'ltg', 'ssy', 'tok'],
]);

/** `open`: the words are right, and only the release itself knows whether it has such a locale. */
export type LocaleStanding = 'known' | 'open' | 'unknown';

/** @param locale as a definition keeps it: with `.UTF-8` */
export function standingOf(locale: string): LocaleStanding {
  const bare = locale.replace('.UTF-8', '');
  if (bare === 'C' || bare === 'POSIX' || locales.has(bare)) return 'known';
  const [language = '', territory = ''] = bare.replace(/@.*/, '').split('_');
  const spoken = languages.has(language) || named('language', language);
  return spoken && named('region', territory) ? 'open' : 'unknown';
}

/** What may have been meant: the nearest names, and else the locales of the same language. */
export function nearLocales(locale: string): string[] {
  const bare = locale.replace('.UTF-8', '');
  const [language = ''] = bare.split('_');
  const near = nearest(bare, locales, 3, 1);
  const same = [...locales].filter((one) => one.startsWith(`${language}_`));
  return [...new Set([...near, ...same])].slice(0, 3).map(withEncoding);
}

function withEncoding(bare: string): string {
  const [name, modifier] = bare.split('@');
  return `${name}.UTF-8${modifier === undefined ? '' : `@${modifier}`}`;
}

/** Whether ISO 639 or ISO 3166 has the code, by the names of them that this program has. */
function named(type: 'language' | 'region', code: string): boolean {
  try {
    return new Intl.DisplayNames('en', { type, fallback: 'none' }).of(code) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Locales that libc has built in. */
export function isPlainLocale(locale: string): boolean {
  return locale === 'C' || locale === 'POSIX' || locale === 'C.UTF-8';
}
