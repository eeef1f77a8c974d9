import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import { signOut } from "../api/calls";
import { asProblem } from "../api/problem";
import type { Language } from "../api/types";
import { LANGUAGE_NAMES, LANGUAGES } from "../i18n";
import { useClearFlashes, useFlash } from "../ui/flash";
import { calledName } from "../ui/format";
import { problemText } from "../ui/problem_alert";
import { useLanguage } from "../ui/use_language";
import { guidePathOf } from "./chapter_of";
import icon from "./icon.svg";
import { chooseLanguage, leaveSession, useMeQuery } from "./session";
import { chooseTheme, type Theme, useTheme } from "./theme";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function ShellHeader() {
  const { t } = useTranslation();
  return (
    <header className="menkyo-header">
      <Link to="/" className="menkyo-brand">
        <img src={icon} alt="" width={28} height={28} />
        <span>Menkyo</span>
        <span className="menkyo-tagline">{t("shell.tagline")}</span>
      </Link>
      <div className="menkyo-tools">
        <HelpLink />
        <LanguageSwitch />
        <ThemeSwitch />
        <PersonMenu />
      </div>
    </header>
  );
}

// A tab of its own, so that a form which is half filled in is still there afterwards.
function HelpLink() {
  const { t } = useTranslation();
  return (
    <Link to={guidePathOf(useLocation())} target="_blank" className="menkyo-help" title={t("shell.help_hint")}>
      {t("shell.help")}
    </Link>
  );
}

function LanguageSwitch() {
  const { t } = useTranslation();
  const current = useLanguage();
  return (
    <fieldset className="menkyo-languages">
      <legend className="menkyo-unseen">{t("shell.language")}</legend>
      {LANGUAGES.map((language) => (
        <LanguageButton key={language} language={language} isCurrent={language === current} />
      ))}
    </fieldset>
  );
}

function LanguageButton({ language, isCurrent }: { language: Language; isCurrent: boolean }) {
  return (
    <button
      type="button"
      lang={language}
      aria-pressed={isCurrent}
      className={isCurrent ? "menkyo-language is-current" : "menkyo-language"}
      onClick={() => void chooseLanguage(language)}
    >
      {LANGUAGE_NAMES[language]}
    </button>
  );
}

function ThemeSwitch() {
  const { t } = useTranslation();
  const theme = useTheme();
  return (
    <select
      className="menkyo-theme"
      aria-label={t("shell.theme")}
      value={theme}
      onChange={(event) => chooseTheme(THEMES.find((each) => each === event.target.value) ?? "system")}
    >
      {THEMES.map((each) => (
        <option key={each} value={each}>
          {t(`theme.${each}`)}
        </option>
      ))}
    </select>
  );
}

function PersonMenu() {
  // Reads what is known already; whether somebody is signed in is asked by the pages that need it.
  const person = useMeQuery({ enabled: false }).data?.person;
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const flash = useFlash();
  const clearFlashes = useClearFlashes();
  if (person === undefined) return null;
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      const problem = asProblem(error);
      // A session that is gone already is as good as a sign-out; anything else must not look like one.
      if (problem.code !== "unauthenticated") {
        const text = problemText(t, problem);
        flash({ type: "error", header: text.title, content: text.help });
        return;
      }
    }
    await leaveSession();
    clearFlashes();
    navigate("/sign_in", { replace: true });
  };
  return (
    <div className="menkyo-person">
      <Link to="/me/profile" className="menkyo-profile" title={person.mail}>
        <span className="menkyo-person-name">{calledName(language, person)}</span>
        <span className="menkyo-unseen">{t("shell.profile")}</span>
      </Link>
      <Link to="/me/security" className="menkyo-security">
        {t("shell.security")}
      </Link>
      <button type="button" className="menkyo-leave" onClick={leave}>
        {t("shell.sign_out")}
      </button>
    </div>
  );
}
