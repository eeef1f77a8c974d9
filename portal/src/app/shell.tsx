// The frame around every page: a way past the header, the header, the page.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation } from "react-router";
import { Flashes } from "../ui/flash";
import { ShellHeader } from "./header";

export function Shell() {
  const { t } = useTranslation();
  const location = useLocation();
  const main = useRef<HTMLDivElement>(null);
  const pathname = useRef(location.pathname);
  useEffect(() => {
    if (pathname.current === location.pathname) return;
    pathname.current = location.pathname;
    // After a change of page the focus starts at its top, as it would after loading a new document.
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location.pathname]);
  return (
    <>
      <a className="menkyo-skip" href="#content">
        {t("shell.skip")}
      </a>
      <ShellHeader />
      <div id="content" ref={main} tabIndex={-1} className="menkyo-content">
        <Flashes />
        <Outlet />
      </div>
    </>
  );
}
