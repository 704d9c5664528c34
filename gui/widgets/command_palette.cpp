#include "gui/widgets/command_palette.h"
#include "gui/actions.h"
#include "gui/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QRegularExpression>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kActionRole = Qt::UserRole;
constexpr int kMenuRole = Qt::UserRole + 1;
constexpr int kShortcutRole = Qt::UserRole + 2;
constexpr int kReasonRole = Qt::UserRole + 3;
constexpr int kWidth = 560;
constexpr int kVisibleRows = 12;

/// "Command name   menu · reason          Ctrl+N".
class CommandDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {100, option.fontMetrics.height() + 14};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        painter->save();
        const bool isEnabled = index.flags().testFlag(Qt::ItemIsEnabled);
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(tokens().selection);
            painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 5, 5);
        }
        QRect row = option.rect.adjusted(12, 0, -12, 0);
        const QIcon icon = index.data(Qt::DecorationRole).value<QIcon>();
        icon.paint(painter, QRect(row.left(), row.center().y() - 8, 17, 17), Qt::AlignCenter,
                   isEnabled ? QIcon::Normal : QIcon::Disabled);
        row.setLeft(row.left() + 28);

        const QString shortcut = index.data(kShortcutRole).toString();
        painter->setPen(tokens().dim);
        painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, shortcut);
        row.setRight(row.right() - option.fontMetrics.horizontalAdvance(shortcut) - 16);

        const QString name = index.data(Qt::DisplayRole).toString();
        painter->setPen(isEnabled ? tokens().text : tokens().dim);
        painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter, name);
        row.setLeft(row.left() + option.fontMetrics.horizontalAdvance(name) + 12);
        const QString reason = index.data(kReasonRole).toString();
        const QString aside = reason.isEmpty() ? index.data(kMenuRole).toString() : reason;
        painter->setPen(tokens().dim);
        painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                          option.fontMetrics.elidedText(aside, Qt::ElideRight, row.width()));
        painter->restore();
    }
};

/// Every word typed must appear in the command's name, menu or tip.
class CommandFilter final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setWords(const QStringList &words)
    {
        m_words = words;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        const QString text = index.data(Qt::DisplayRole).toString() + QLatin1Char(' ') +
                             index.data(kMenuRole).toString() + QLatin1Char(' ') +
                             index.data(Qt::ToolTipRole).toString();
        return std::all_of(m_words.begin(), m_words.end(),
                           [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
    }

private:
    QStringList m_words;
};

} // namespace

CommandPalette::CommandPalette(Actions &actions, QWidget *parent)
    : QFrame(parent)
    , m_actions(actions)
    , m_field(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_nothing(new QLabel(tr("No command has these words."), m_list))
    , m_model(new QStandardItemModel(this))
    , m_filter(new CommandFilter(this))
{
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Search commands"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    m_field->setObjectName(QStringLiteral("palette.field"));
    m_field->setPlaceholderText(tr("Type the name of a command"));
    m_field->setAccessibleName(tr("Name of a command"));
    m_field->installEventFilter(this);
    m_list->setObjectName(QStringLiteral("palette.list"));
    m_list->setAccessibleName(tr("Commands"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_nothing->setObjectName(QStringLiteral("palette.nothing"));
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setProperty("dim", true);
    auto *over = new QVBoxLayout(m_list);
    over->addWidget(m_nothing);
    m_filter->setSourceModel(m_model);
    m_list->setModel(m_filter);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(6);
    column->addWidget(m_field);
    column->addWidget(m_list, 1);

    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    hide();
}

void CommandPalette::popUp()
{
    m_focusBefore = QApplication::focusWidget();
    fill();
    m_field->clear();
    filter({});
    QWidget *window = parentWidget();
    const int rowHeight = m_list->sizeHintForRow(0);
    const int width = std::min(kWidth, window->width() - 40);
    const int height =
        std::min(kVisibleRows * rowHeight + m_field->sizeHint().height() + 30, window->height() - 80);
    setGeometry((window->width() - width) / 2, 52, width, height);
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::fill()
{
    m_model->clear();
    const auto actions = m_actions.all();
    for (QAction *action : actions) {
        if (action == &m_actions[Act::CommandSearch]) continue;
        auto *item = new QStandardItem(action->icon(), Actions::plainText(*action));
        item->setData(QVariant::fromValue<QObject *>(action), kActionRole);
        item->setData(Actions::menuTitle(Actions::menuOf(*action)), kMenuRole);
        item->setData(action->shortcut().toString(QKeySequence::NativeText), kShortcutRole);
        item->setData(Actions::reason(*action), kReasonRole);
        item->setToolTip(action->toolTip());
        item->setEnabled(action->isEnabled());
        m_model->appendRow(item);
    }
}

void CommandPalette::filter(const QString &text)
{
    static_cast<CommandFilter *>(m_filter)->setWords(
        text.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts));
    m_nothing->setVisible(m_filter->rowCount() == 0);
    // The best hit: the first available command whose name starts with the text, else the first available
    // one.
    QModelIndex best;
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        const QModelIndex index = m_filter->index(row, 0);
        if (!index.flags().testFlag(Qt::ItemIsEnabled)) continue;
        if (!best.isValid()) best = index;
        if (!text.isEmpty() && index.data().toString().startsWith(text, Qt::CaseInsensitive)) {
            best = index;
            break;
        }
    }
    m_list->setCurrentIndex(best);
    if (best.isValid())
        m_list->scrollTo(best);
    else
        m_list->clearSelection();
}

void CommandPalette::step(int rows)
{
    const int count = m_filter->rowCount();
    int row = m_list->currentIndex().row() + rows;
    while (row >= 0 && row < count && !m_filter->index(row, 0).flags().testFlag(Qt::ItemIsEnabled))
        row += rows > 0 ? 1 : -1;
    if (row >= 0 && row < count) m_list->setCurrentIndex(m_filter->index(row, 0));
}

void CommandPalette::run(const QModelIndex &index)
{
    if (!index.isValid() || !index.flags().testFlag(Qt::ItemIsEnabled)) return;
    auto *action = qobject_cast<QAction *>(index.data(kActionRole).value<QObject *>());
    hide();
    if (action) // after the focus is back where it was
        QTimer::singleShot(0, action, &QAction::trigger);
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusOut && watched == m_field) {
        hide();
        return false;
    }
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // keys typed here run no shortcut of the window
        return true;
    }
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Escape:
        hide();
        return true;
    case Qt::Key_Down:
        step(1);
        return true;
    case Qt::Key_Up:
        step(-1);
        return true;
    case Qt::Key_PageDown:
        step(kVisibleRows - 1);
        return true;
    case Qt::Key_PageUp:
        step(1 - kVisibleRows);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        run(m_list->currentIndex());
        return true;
    default:
        return false;
    }
}

void CommandPalette::hideEvent(QHideEvent *event)
{
    if (m_focusBefore) m_focusBefore->setFocus(Qt::PopupFocusReason);
    QFrame::hideEvent(event);
}

} // namespace gui

#include "command_palette.moc"
