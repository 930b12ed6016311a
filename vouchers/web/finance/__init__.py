"""The finance desk: budget lines, a programme's money, settlement batches, payments."""

from django.urls import path

from vouchers.web.finance import accounts, budget, settlement

app_name = "finance"
urlpatterns = [
    path("", budget.Home.as_view(), name="home"),
    path("budgets/", budget.BudgetList.as_view(), name="budget-list"),
    path("budgets/<str:code>/", budget.ProgrammeBudget.as_view(), name="programme-budget"),
    path("settlement/", settlement.BatchList.as_view(), name="settlement-list"),
    path("settlement/<str:number>/", settlement.Batch.as_view(), name="settlement-batch"),
    path("accounts/", accounts.Accounts.as_view(), name="account-list"),
    path("payments/", settlement.InstructionList.as_view(), name="instruction-list"),
]
