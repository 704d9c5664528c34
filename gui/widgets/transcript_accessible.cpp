#include "gui/widgets/transcript_accessible.h"
#include "gui/widgets/transcript_view.h"

#include <QAccessibleWidget>

#include <map>

namespace gui
{
namespace
{

TranscriptView *viewOf(const QAccessibleInterface &interface)
{
    return qobject_cast<TranscriptView *>(interface.object());
}

/// One message. Lives in the list's interface; belongs to Qt's registry.
class MessageAccessible final : public QAccessibleInterface
{
public:
    MessageAccessible(TranscriptView *view, int row)
        : m_view(view)
        , m_row(row)
    {
    }

    bool isValid() const override { return m_view && m_view->model() && m_row < m_view->model()->rowCount(); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    void setText(QAccessible::Text, const QString &) override {}
    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QString text(QAccessible::Text kind) const override
    {
        if (!isValid() || (kind != QAccessible::Name && kind != QAccessible::Value)) return {};
        return m_view->model()->index(m_row).data(Qt::AccessibleTextRole).toString();
    }

    QRect rect() const override
    {
        const QRect rect = m_view ? m_view->rowRect(m_row) : QRect();
        return m_view ? QRect(m_view->viewport()->mapToGlobal(rect.topLeft()), rect.size()) : rect;
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.focusable = true;
        state.readOnly = true;
        state.focused = m_view && m_view->hasFocus() && m_view->currentRow() == m_row;
        state.invalid = !isValid();
        return state;
    }

private:
    QPointer<TranscriptView> m_view;
    int m_row;
};

class TranscriptAccessible final : public QAccessibleWidget
{
public:
    explicit TranscriptAccessible(TranscriptView *view)
        : QAccessibleWidget(view, QAccessible::List)
    {
    }
    ~TranscriptAccessible() override
    {
        for (const auto &[row, id] : m_children)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override
    {
        const TranscriptView *view = viewOf(*this);
        return view && view->model() ? view->model()->rowCount() : 0;
    }

    QAccessibleInterface *child(int row) const override
    {
        if (row < 0 || row >= childCount()) return nullptr;
        const auto known = m_children.find(row);
        if (known != m_children.end()) return QAccessible::accessibleInterface(known->second);
        auto *message = new MessageAccessible(viewOf(*this), row);
        m_children[row] = QAccessible::registerAccessibleInterface(message);
        return message;
    }

    int indexOfChild(const QAccessibleInterface *wanted) const override
    {
        for (const auto &[row, id] : m_children) {
            if (QAccessible::accessibleInterface(id) == wanted) return row;
        }
        return -1;
    }

    QAccessibleInterface *childAt(int x, int y) const override
    {
        for (int row = 0; row < childCount(); ++row) {
            QAccessibleInterface *message = child(row);
            if (message->rect().contains(x, y)) return message;
        }
        return nullptr;
    }

private:
    mutable std::map<int, QAccessible::Id> m_children;
};

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *view = qobject_cast<TranscriptView *>(object);
    return view ? new TranscriptAccessible(view) : nullptr;
}

} // namespace

void installTranscriptAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    Q_UNUSED(installed)
}

} // namespace gui
