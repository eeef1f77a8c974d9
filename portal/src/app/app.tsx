import { I18nProvider } from "@cloudscape-design/components/i18n";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { RouterProvider } from "react-router/dom";
import { messagesOf } from "../i18n";
import { FlashProvider } from "../ui/flash";
import { isLeft, LeavingContext } from "../ui/leaving";
import { useLanguage } from "../ui/use_language";
import { queryClient } from "./query_client";
import { router } from "./router";

const isLeaving = (pathname: string) => isLeft(pathname, router.state);

export function App() {
  const language = useLanguage();
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <I18nProvider locale={language} messages={messagesOf(language)}>
          <FlashProvider>
            <LeavingContext value={isLeaving}>
              <RouterProvider router={router} />
            </LeavingContext>
          </FlashProvider>
        </I18nProvider>
      </QueryClientProvider>
    </StrictMode>
  );
}
