#include "gui/widgets/chat_list_view.h"
#include "gui/models/chat_list_model.h"
#include "gui/theme.h"
#include "gui/widgets/markdown_document.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QIcon>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kRowHeight = 32;
constexpr int kSectionHeight = 30;
constexpr int kPad = 10;

/// A title, the time, a mark of what the chat is doing; above the first chat of a section its name.
class ChatDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    static bool beginsSection(const QModelIndex &index)
    {
        const QModelIndex before = index.siblingAtRow(index.row() - 1);
        return !before.isValid() ||
               before.data(ChatListModel::SectionRole) != index.data(ChatListModel::SectionRole);
    }

    static QRect rowRect(QRect rect, const QModelIndex &index)
    {
        if (beginsSection(index)) rect.setTop(rect.top() + kSectionHeight);
        return rect.adjusted(6, 1, -6, -1);
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return {80, kRowHeight + (beginsSection(index) ? kSectionHeight : 0)};
    }

    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const override
    {
        editor->setGeometry(rowRect(option.rect, index));
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QFont small = scaled(option.font, 11.0 / 13.0);
        if (beginsSection(index)) {
            QFont heading = small;
            heading.setWeight(QFont::DemiBold);
            painter->setFont(heading);
            painter->setPen(t.dim);
            const QRect rect(option.rect.left() + 6 + kPad, option.rect.top(), option.rect.width(),
                             kSectionHeight - 4);
            painter->drawText(rect, Qt::AlignLeft | Qt::AlignBottom,
                              ChatListModel::sectionTitle(index.data(ChatListModel::SectionRole).toInt()));
        }
        const QRect rect = rowRect(option.rect, index);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(option.state & QStyle::State_Selected ? t.selection : t.raised);
            painter->drawRoundedRect(rect, 6, 6);
        }
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(QPen(t.accent, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 6, 6);
        }
        const QString when = timeText(index);
        painter->setFont(small);
        painter->setPen(t.dim);
        const int timeWidth = painter->fontMetrics().horizontalAdvance(when) + kPad;
        painter->drawText(rect.adjusted(0, 0, -kPad, 0), Qt::AlignVCenter | Qt::AlignRight, when);
        int right = rect.right() - timeWidth - 4;
        if (const QColor mark = markColor(index); mark.isValid()) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(mark);
            painter->drawEllipse(QPointF(right - 6, rect.center().y() + 0.5), 3.5, 3.5);
            right -= 16;
        }
        painter->setFont(option.font);
        painter->setPen(t.text);
        const QRect room(rect.left() + kPad, rect.top(), right - rect.left() - kPad, rect.height());
        painter->drawText(
            room, Qt::AlignVCenter | Qt::AlignLeft,
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, room.width()));
        painter->restore();
    }

private:
    static QString timeText(const QModelIndex &index)
    {
        const QDateTime time =
            QDateTime::fromMSecsSinceEpoch(index.data(ChatListModel::UpdatedRole).toLongLong());
        const bool isRecent = index.data(ChatListModel::SectionRole).toInt() != ChatListModel::Older;
        QString format = QLocale().timeFormat(QLocale::ShortFormat);
        format.remove(QStringLiteral(":ss"));
        return isRecent ? QLocale().toString(time.time(), format)
                        : QLocale().toString(time.date(), QLocale::ShortFormat);
    }

    static QColor markColor(const QModelIndex &index)
    {
        switch (ChatActivity(index.data(ChatListModel::ActivityRole).toInt())) {
        case ChatActivity::Idle:
            return {};
        case ChatActivity::Waiting:
            return tokens().warning;
        case ChatActivity::Generating:
            return tokens().accent;
        case ChatActivity::Unseen:
            return tokens().good;
        }
        return {};
    }
};

} // namespace

ChatListView::ChatListView(ChatListModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_proxy(new QSortFilterProxyModel(this))
    , m_list(new QListView(this))
    , m_filter(new QLineEdit(this))
    , m_new(new QToolButton(this))
{
    m_proxy->setSourceModel(&model);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list->setObjectName(QStringLiteral("chat.list"));
    m_list->setAccessibleName(tr("Chats"));
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new ChatDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setStyleSheet(QStringLiteral("QListView { border: none; background: transparent; }"));
    m_list->setMouseTracking(true);
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->installEventFilter(this);
    m_filter->setObjectName(QStringLiteral("chat.list.filter"));
    m_filter->setPlaceholderText(tr("Filter chats"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    m_new->setObjectName(QStringLiteral("chat.list.new"));
    m_new->setIcon(icon(QStringLiteral("compose")));
    m_new->setAccessibleName(tr("New chat"));
    m_new->setToolTip(tr("Starts an empty conversation (Ctrl+N)"));

    auto *top = new QHBoxLayout;
    top->setContentsMargins(10, 10, 10, 4);
    top->addWidget(m_filter, 1);
    top->addWidget(m_new);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(m_list, 1);

    connect(m_new, &QToolButton::clicked, this, &ChatListView::newRequested);
    connect(m_filter, &QLineEdit::textChanged, this, &ChatListView::filter);
    connect(m_list, &QListView::customContextMenuRequested, this, &ChatListView::showMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &index) {
                if (index.isValid() && m_list->hasFocus()) Q_EMIT chosen(chatAt(index));
            });
    connect(m_list, &QListView::clicked, this,
            [this](const QModelIndex &index) { Q_EMIT chosen(chatAt(index)); });
    // Which row begins a section follows from its neighbours.
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_proxy, signal, m_list, [this] { m_list->doItemsLayout(); });
    connect(m_proxy, &QAbstractItemModel::rowsMoved, m_list, [this] { m_list->doItemsLayout(); });
}

ChatId ChatListView::chatAt(const QModelIndex &index) const
{
    return index.data(ChatListModel::IdRole).toLongLong();
}

void ChatListView::setCurrent(ChatId chat)
{
    const QModelIndex index = m_proxy->mapFromSource(m_model.indexOf(chat));
    const QSignalBlocker blocker(m_list->selectionModel());
    if (index.isValid()) {
        m_list->setCurrentIndex(index);
        m_list->selectionModel()->select(index, QItemSelectionModel::ClearAndSelect);
    } else {
        m_list->setCurrentIndex({});
        m_list->selectionModel()->clear();
    }
    m_list->viewport()->update();
}

void ChatListView::renameCurrent()
{
    if (m_list->currentIndex().isValid()) m_list->edit(m_list->currentIndex());
}

void ChatListView::clearFilter() { m_filter->clear(); }

void ChatListView::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

void ChatListView::filter(const QString &text)
{
    m_proxy->setFilterFixedString(text);
    m_list->doItemsLayout();
}

bool ChatListView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_list && key->key() == Qt::Key_F2 && event->type() == QEvent::ShortcutOverride) {
        event->accept(); // with the focus here it renames, and does not edit a message
        return true;
    }
    if (event->type() == QEvent::ShortcutOverride) return QWidget::eventFilter(watched, event);
    if (watched == m_list && key->key() == Qt::Key_Delete && m_list->currentIndex().isValid()) {
        Q_EMIT deleteRequested(chatAt(m_list->currentIndex()));
        return true;
    }
    if (watched == m_filter && key->key() == Qt::Key_Down) {
        m_list->setFocus();
        return true;
    }
    if (watched == m_filter && key->key() == Qt::Key_Escape && !m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ChatListView::showMenu(const QPoint &position)
{
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid()) return;
    const ChatId chat = chatAt(index);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon(QStringLiteral("edit")), tr("Rename"), m_list,
                    [this, index = QPersistentModelIndex(index)] {
                        if (index.isValid()) m_list->edit(index);
                    });
    menu->addAction(icon(QStringLiteral("trash")), tr("Delete"), this,
                    [this, chat] { Q_EMIT deleteRequested(chat); });
    menu->popup(m_list->viewport()->mapToGlobal(position));
}

} // namespace gui
