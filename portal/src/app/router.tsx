// The pages of the portal. Each is loaded when it is first opened.
import { createBrowserRouter } from "react-router";
import { loadAllTexts } from "../i18n";
import { PageLoading } from "../ui/states";
import { NotFound, PageError } from "./errors";
import { PAGES } from "./footer";
import { RequireSignIn } from "./session";
import { Shell } from "./shell";

export const router = createBrowserRouter([
  {
    element: <Shell />,
    hydrateFallbackElement: <PageLoading />,
    children: [
      {
        errorElement: <PageError />,
        children: [
          {
            path: "/sign_in",
            lazy: async () => ({ Component: (await import("../features/people/sign_in")).SignIn }),
          },
          {
            path: "/sign_up",
            lazy: async () => ({ Component: (await import("../features/people/sign_up")).SignUp }),
          },
          {
            path: "/forgot_password",
            lazy: async () => ({ Component: (await import("../features/people/forgot_password")).ForgotPassword }),
          },
          {
            path: "/link/:token",
            lazy: async () => ({ Component: (await import("../features/people/link")).OneTimeLink }),
          },
          {
            path: "/notifications/:token",
            lazy: async () => {
              const [{ NotificationPage }] = await Promise.all([
                import("../features/notifications/notification_page"),
                loadAllTexts(),
              ]);
              return { Component: NotificationPage };
            },
          },
          {
            path: "/mailbox",
            lazy: async () => ({ Component: (await import("../features/mail/mailbox")).Mailbox }),
          },
          ...["/help", "/help/:chapter"].map((path) => ({
            path,
            lazy: async () => ({ Component: (await import("../features/guide/guide_page")).GuidePage }),
          })),
          ...PAGES.map((kind) => ({
            path: `/${kind}`,
            lazy: async () => {
              const [{ PublishedPage }] = await Promise.all([
                import("../features/publications/published_page"),
                loadAllTexts(),
              ]);
              return { element: <PublishedPage key={kind} kind={kind} /> };
            },
          })),
          {
            lazy: async () => {
              await loadAllTexts();
              return { Component: RequireSignIn };
            },
            children: [
              { path: "/", lazy: async () => ({ Component: (await import("../features/home/home")).Home }) },
              {
                path: "/me/profile",
                lazy: async () => ({ Component: (await import("../features/people/profile")).Profile }),
              },
              {
                path: "/me/security",
                lazy: async () => ({ Component: (await import("../features/people/security")).Security }),
              },
              {
                path: "/me/programs",
                lazy: async () => ({ Component: (await import("../features/programs/programs")).Programs }),
              },
              {
                path: "/accounts/new",
                lazy: async () => ({ Component: (await import("../features/founding/create_account")).CreateAccount }),
              },
              {
                path: "/account_requests/:request",
                lazy: async () => ({ Component: (await import("../features/founding/own_request")).OwnRequest }),
              },
              {
                path: "/access_request",
                lazy: async () => ({ Component: (await import("../features/access/ask_for_access")).AskForAccess }),
              },
              {
                path: "/access_requests/:request",
                lazy: async () => ({ Component: (await import("../features/access/own_access_request")).OwnAccess }),
              },
              {
                path: "/enquiries",
                lazy: async () => ({ Component: (await import("../features/support/enquiries")).Enquiries }),
              },
              {
                path: "/enquiries/:enquiry",
                lazy: async () => ({ Component: (await import("../features/support/own_enquiry")).OwnEnquiry }),
              },
              {
                path: "/operator/enquiries/:enquiry",
                lazy: async () => ({ Component: (await import("../features/support/answer_enquiry")).AnswerEnquiry }),
              },
              {
                path: "/partner_requests",
                lazy: async () => ({
                  Component: (await import("../features/partner/partner_requests")).PartnerRequests,
                }),
              },
              {
                path: "/partner_requests/:request",
                lazy: async () => ({
                  Component: (await import("../features/partner/own_partner_request")).OwnPartnerRequestPage,
                }),
              },
              {
                path: "/received_partner_requests/:request",
                lazy: async () => ({
                  Component: (await import("../features/partner/answer_partner_request")).AnswerPartnerRequest,
                }),
              },
              {
                path: "/succession",
                lazy: async () => ({
                  Component: (await import("../features/succession/ask_for_succession")).AskForSuccession,
                }),
              },
              {
                path: "/successions/:succession",
                lazy: async () => ({
                  Component: (await import("../features/succession/own_succession")).OwnSuccessionPage,
                }),
              },
              {
                path: "/operator/successions/:succession",
                lazy: async () => ({
                  Component: (await import("../features/succession/decide_succession")).DecideSuccession,
                }),
              },
              {
                path: "/accounts/:sa/access_requests/:request",
                lazy: async () => ({ Component: (await import("../features/access/decide_access")).DecideAccess }),
              },
              {
                path: "/accounts/:sa/account_requests/:request",
                lazy: async () => ({ Component: (await import("../features/founding/decide_request")).DecideRequest }),
              },
              {
                path: "/operator/account_requests/:request",
                lazy: async () => ({ Component: (await import("../features/founding/decide_request")).DecideRequest }),
              },
              {
                path: "/accounts/:sa/licenses",
                lazy: async () => ({ Component: (await import("../features/licenses/layout")).LicenseManager }),
                children: [
                  {
                    index: true,
                    lazy: async () => ({ Component: (await import("../features/licenses/overview")).Overview }),
                  },
                  {
                    path: ":va",
                    lazy: async () => ({
                      Component: (await import("../features/licenses/virtual_account_page")).VirtualAccountPage,
                    }),
                  },
                ],
              },
              {
                path: "/accounts/:sa/manage",
                lazy: async () => ({ Component: (await import("../features/accounts/manage")).ManageAccount }),
              },
              {
                path: "/accounts/:sa/users_from_file",
                lazy: async () => ({
                  Component: (await import("../features/user_file/users_from_file")).UsersFromFile,
                }),
              },
              {
                path: "/operator/accounts/:sa",
                lazy: async () => ({ Component: (await import("../features/operator/assisted_account")).Assisted }),
              },
              {
                path: "/operator/companies/file",
                lazy: async () => ({ Component: (await import("../features/companies/company_file")).CompanyFile }),
              },
              {
                path: "/operator/publications/:publication",
                lazy: async () => ({
                  Component: (await import("../features/publications/edit_publication")).EditPublication,
                }),
              },
              {
                path: "/operator",
                lazy: async () => ({ Component: (await import("../features/operator/operator")).Operator }),
              },
              { path: "*", element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
]);
